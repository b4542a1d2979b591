//! The trustees record: Single trustees and Pedersen groups in the new form (Spec V18–V24).

use crate::curve::{Chain, Element, Naf, Point};
use crate::json::Value;
use crate::reading::{Proof, element_value, proof_value, read_canonical, read_record, sha256};
use crate::report::{Check, Ledger, Part, Place, What};
use curve25519_dalek::Scalar;

/// Most trustees of an election; a bound on the work, far above any real one.
pub const MAX_TRUSTEES: usize = 255;

/// One trustee, by number from 1 in list order.
#[derive(Debug, Clone)]
pub(crate) struct Trustee {
    /// X: the Single key, or the member's verification key.
    pub(crate) key: Element,
    /// What its commitment in the companion opens to (archive.md B4).
    pub(crate) opening: Vec<u8>,
}

/// An item of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Item {
    /// One trustee who is needed.
    Single,
    /// `members` trustees of whom `threshold` are needed.
    Pedersen {
        /// k.
        threshold: usize,
        /// n.
        members: usize,
    },
}

/// All trustees.
#[derive(Debug, Clone)]
pub(crate) struct Trustees {
    /// In order.
    pub(crate) items: Vec<Item>,
    /// Flattened.
    pub(crate) all: Vec<Trustee>,
}

const ALL: [Check; 6] = [Check::V18, Check::V19, Check::V21, Check::V22, Check::V23, Check::V24];

/// Reads and checks the trustees record. `election_key` is compared with the product of all keys.
pub(crate) fn read_trustees(body: &[u8], election_key: Option<&Element>, place: Place, ledger: &mut Ledger) -> Option<Trustees> {
    let value = read_record(body, Part::Trustees, place, ledger)?;
    let fields_fault = |ledger: &mut Ledger| {
        ledger.fault(Check::V4, place, What::Fields(Part::Trustees));
    };
    let Some(list) = value.array() else {
        fields_fault(ledger);
        return None;
    };
    let mut trustees = Trustees { items: Vec::new(), all: Vec::new() };
    let mut product = Point::IDENTITY;
    for item in list {
        let read = match item.array() {
            Some([kind, content]) => match kind.string() {
                Some("Single") => read_single(content, &mut trustees, place, ledger),
                Some("Pedersen") => read_pedersen(content, body, &mut trustees, place, ledger),
                _ => {
                    fields_fault(ledger);
                    None
                }
            },
            _ => {
                fields_fault(ledger);
                None
            }
        };
        product = product.add(&read?);
    }
    // Spec V18.
    if trustees.all.is_empty() {
        ledger.fault(Check::V18, place, What::NoTrustees);
        return None;
    }
    ledger.count(Check::V18, trustees.all.len() as u64);
    for (i, trustee) in trustees.all.iter().enumerate() {
        if let Some(other) = trustees.all[..i].iter().position(|t| t.key == trustee.key) {
            let other = other as u32 + 1;
            let place = place.trustee(i as u32 + 1);
            ledger.fault(Check::V18, place, What::KeyOfOtherTrustee { other });
        }
    }
    // Spec V23.
    if let Some(key) = election_key {
        ledger.count(Check::V23, 1);
        if key.point().equals(&Point::IDENTITY) {
            ledger.fault(Check::V23, place, What::Identity);
        } else if !product.equals(key.point()) {
            ledger.fault(Check::V23, place, What::KeyDiffers);
        }
    }
    for check in ALL {
        if check != Check::V23 || election_key.is_some() {
            ledger.complete(check);
        }
    }
    Some(trustees)
}

/// Spec V22: c = H("pok|" group "|" enc(X) "|"; g^z·X^c).
fn check_possession(proof: &Proof, key: &Element, place: Place, ledger: &mut Ledger) {
    ledger.count(Check::V22, 1);
    let prefix = format!("pok|Ed25519|{}|", key.encoded().as_str());
    if !proof.proves_knowledge(prefix.as_bytes(), key.point()) {
        ledger.fault(Check::V22, place, What::ProofFails);
    }
}

/// Returns the sub-key.
fn read_single(content: &Value<'_>, trustees: &mut Trustees, place: Place, ledger: &mut Ledger) -> Option<Point> {
    let place = place.trustee(trustees.all.len() as u32 + 1);
    let Some([Some(pok), Some(key), name]) = content.fields(["pok", "public_key", "name?"]) else {
        ledger.fault(Check::V4, place, What::Fields(Part::Trustees));
        return None;
    };
    if name.is_some_and(|name| name.string().is_none()) {
        ledger.fault(Check::V4, place, What::Fields(Part::Trustees));
        return None;
    }
    let key = element_value(key, place, ledger)?;
    let proof = proof_value(pok, Part::Trustees, place, ledger)?;
    if key.point().equals(&Point::IDENTITY) {
        ledger.fault(Check::V18, place, What::Identity);
    }
    check_possession(&proof, &key, place, ledger);
    trustees.items.push(Item::Single);
    trustees.all.push(Trustee { opening: key.encoded().0.to_vec(), key });
    Some(*key.point())
}

/// `{"message":M,"signature":proof}`.
fn signed_value<'v>(value: &'v Value<'_>, part: Part, place: Place, ledger: &mut Ledger) -> Option<(&'v str, Proof)> {
    let parts = value.exactly(["message", "signature"]).and_then(|[message, signature]| Some((message.string()?, signature)));
    let Some((message, signature)) = parts else {
        ledger.fault(Check::V4, place, What::Fields(part));
        return None;
    };
    Some((message, proof_value(signature, part, place, ledger)?))
}

struct Certificate {
    verification: Element,
}

/// Returns the sub-key Π A_i0.
fn read_pedersen(content: &Value<'_>, body: &[u8], trustees: &mut Trustees, place: Place, ledger: &mut Ledger) -> Option<Point> {
    let first = trustees.all.len() as u32 + 1;
    let parts = content.exactly(["threshold", "certs", "coefexps", "signatures", "verification_keys"]).and_then(
        |[threshold, certs, coefexps, signatures, keys]| {
            Some((threshold.small()? as usize, certs, coefexps.array()?, signatures.array()?, keys.array()?))
        },
    );
    let Some((threshold, certs_value, coefexps, signatures, keys)) = parts else {
        ledger.fault(Check::V4, place, What::Fields(Part::Trustees));
        return None;
    };
    let Some(certs) = certs_value.array() else {
        ledger.fault(Check::V4, place, What::Fields(Part::Trustees));
        return None;
    };
    let members = certs.len();
    if members == 0 || members + trustees.all.len() > MAX_TRUSTEES {
        ledger.fault(Check::V18, place, What::NoTrustees);
        return None;
    }
    if threshold == 0 || threshold > members {
        ledger.fault(Check::V18, place, What::ThresholdOutside);
        return None;
    }
    for list in [coefexps, signatures, keys] {
        if list.len() != members {
            let (expected, found) = (members as u64, list.len() as u64);
            ledger.fault(Check::V18, place, What::ListLength { expected, found });
            return None;
        }
    }

    // Spec V19: each certificate is for this place in this ceremony and signed by its own key.
    let mut certificates = Vec::new();
    for (i, cert) in certs.iter().enumerate() {
        let place = place.trustee(first + i as u32);
        ledger.count(Check::V19, 1);
        let (message, signature) = signed_value(cert, Part::Certificate, place, ledger)?;
        let certificate = read_certificate(message, members, threshold, i + 1, place, ledger)?;
        if !signature.signs(message, certificate.verification.point()) {
            ledger.fault(Check::V19, place, What::SignatureFails);
        }
        certificates.push(certificate);
    }
    for (i, certificate) in certificates.iter().enumerate() {
        let same = |c: &Certificate| c.verification == certificate.verification;
        if let Some(other) = certificates[..i].iter().position(same) {
            let other = first + other as u32;
            let place = place.trustee(first + i as u32);
            ledger.fault(Check::V18, place, What::KeyOfOtherTrustee { other });
        }
    }

    // Spec V19: the coefficients' images, signed by their trustee. Spec V31: all members of the group.
    let mut polynomials = Vec::new();
    for (i, signed) in coefexps.iter().enumerate() {
        let place = place.trustee(first + i as u32);
        ledger.count(Check::V19, 1);
        let (message, signature) = signed_value(signed, Part::Coefficients, place, ledger)?;
        let polynomial = read_coefficients(message, threshold, place, ledger)?;
        if !signature.signs(message, certificates[i].verification.point()) {
            ledger.fault(Check::V19, place, What::SignatureFails);
        }
        polynomials.push((message, polynomial));
    }

    // Spec V21: each member signed all certificates together with its own coefficients.
    let certs_text = std::str::from_utf8(&body[certs_value.start..certs_value.end]).unwrap_or_default();
    for (i, signature) in signatures.iter().enumerate() {
        let place = place.trustee(first + i as u32);
        ledger.count(Check::V21, 1);
        let signature = proof_value(signature, Part::Trustees, place, ledger)?;
        let own = polynomials[i].0.strip_prefix('{').unwrap_or_default();
        let message = format!("certs_sig|{{\"certs\":{certs_text},{own}");
        if !signature.signs(&message, certificates[i].verification.point()) {
            ledger.fault(Check::V21, place, What::SignatureFails);
        }
    }

    // Spec V24: X_j = Π_i Π_k A_ik^(j^k). The inner product over i first: one polynomial of products.
    let summed: Vec<Point> =
        (0..threshold).map(|k| polynomials.iter().fold(Point::IDENTITY, |sum, (_, a)| sum.add(a[k].point()))).collect();
    for (i, key) in keys.iter().enumerate() {
        let place = place.trustee(first + i as u32);
        let Some([Some(pok), Some(public_key), Some(signature), name]) = key.fields(["pok", "public_key", "signature", "name?"]) else {
            ledger.fault(Check::V4, place, What::Fields(Part::Trustees));
            return None;
        };
        if name.is_some_and(|name| name.string().is_none()) {
            ledger.fault(Check::V4, place, What::Fields(Part::Trustees));
            return None;
        }
        let key = element_value(public_key, place, ledger)?;
        let pok = proof_value(pok, Part::Trustees, place, ledger)?;
        let signature = proof_value(signature, Part::Trustees, place, ledger)?;
        ledger.count(Check::V24, 1);
        if !evaluate(&summed, i as u64 + 1).equals(key.point()) {
            ledger.fault(Check::V24, place, What::KeyDiffers);
        }
        check_possession(&pok, &key, place, ledger);
        ledger.count(Check::V19, 1);
        if !signature.signs(key.encoded().as_str(), certificates[i].verification.point()) {
            ledger.fault(Check::V19, place, What::SignatureFails);
        }
        trustees.all.push(Trustee { key, opening: polynomials[i].0.as_bytes().to_vec() });
    }
    trustees.items.push(Item::Pedersen { threshold, members });
    summed.first().copied()
}

fn read_certificate(
    message: &str,
    members: usize,
    threshold: usize,
    index: usize,
    place: Place,
    ledger: &mut Ledger,
) -> Option<Certificate> {
    let value = read_canonical(message.as_bytes(), Part::Certificate, place, ledger)?;
    let parts = value.exactly(["context", "verification", "encryption"]).and_then(|[context, verification, encryption]| {
        let [group, size, k, j] = context.exactly(["group", "size", "threshold", "index"])?;
        let numbers = [size.small()?, k.small()?, j.small()?];
        Some((group.string()?, numbers, verification, encryption))
    });
    let Some((group, numbers, verification, encryption)) = parts else {
        ledger.fault(Check::V4, place, What::Fields(Part::Certificate));
        return None;
    };
    let expected = [members, threshold, index].map(|n| n as u32);
    if group != "Ed25519" || numbers != expected {
        ledger.fault(Check::V19, place, What::CertificateContext);
    }
    let verification = element_value(verification, place, ledger);
    let encryption = element_value(encryption, place, ledger);
    for key in [verification, encryption].iter().flatten() {
        if key.point().equals(&Point::IDENTITY) {
            ledger.fault(Check::V19, place, What::Identity);
        }
    }
    encryption?;
    Some(Certificate { verification: verification? })
}

fn read_coefficients(message: &str, threshold: usize, place: Place, ledger: &mut Ledger) -> Option<Vec<Element>> {
    let value = read_canonical(message.as_bytes(), Part::Coefficients, place, ledger)?;
    let list = value.exactly(["coefexps"]).and_then(|[list]| list.array());
    let Some(list) = list else {
        ledger.fault(Check::V4, place, What::Fields(Part::Coefficients));
        return None;
    };
    // Spec V18: the degree is exactly the declared one.
    if list.len() != threshold {
        let (expected, found) = (threshold as u64, list.len() as u64);
        ledger.fault(Check::V18, place, What::ListLength { expected, found });
        return None;
    }
    let elements: Vec<_> = list.iter().enumerate().map(|(k, item)| element_value(item, place.choice(k as u32), ledger)).collect();
    elements.into_iter().collect()
}

/// Π_k A_k^(j^k mod q).
fn evaluate(coefficients: &[Point], j: u64) -> Point {
    let j = Scalar::from(j);
    let mut power = Scalar::ONE;
    let mut chain = Chain::new(1);
    for coefficient in coefficients {
        chain.add_base(coefficient, &[(&Naf::of(&power), 0)], false);
        power *= j;
    }
    chain.finish()[0]
}

/// SHA-256 of a key as JSON, with its quotation marks: what trustees compare.
pub(crate) fn fingerprint(key: &Element) -> [u8; 32] {
    sha256(format!("\"{}\"", key.encoded().as_str()).as_bytes())
}
