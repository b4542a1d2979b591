//! The fast arithmetic against `curve25519-dalek`, which shares no code with it: same points, same refusals.

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use proptest::prelude::*;
use verify::curve::{Chain, Element, ElementFault, FixedBase, Naf, Point, encode_all, generator_table};

fn scalar() -> impl Strategy<Value = Scalar> {
    prop_oneof![
        8 => any::<[u8; 32]>().prop_map(Scalar::from_bytes_mod_order),
        1 => any::<u64>().prop_map(Scalar::from),
        1 => (0u64..40).prop_map(|n| -Scalar::from(n)),
        1 => (0u64..40).prop_map(Scalar::from),
    ]
}

/// Any point of the curve, with or without a torsion part.
fn point() -> impl Strategy<Value = EdwardsPoint> {
    (scalar(), 0usize..8, any::<bool>()).prop_map(|(s, t, pure)| EdwardsPoint::mul_base(&s) + EIGHT_TORSION[if pure { 0 } else { t }])
}

fn ours(point: &EdwardsPoint) -> Point {
    Point::decode(point.compress().as_bytes()).unwrap()
}

fn hex(point: Point) -> String {
    point.encode().as_str().to_owned()
}

fn digits(point: &EdwardsPoint) -> String {
    let mut bytes = *point.compress().as_bytes();
    bytes.reverse();
    verify::hex::to_hex(&bytes)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn sums_differences_and_doubles(a in point(), b in point()) {
        let (p, q) = (ours(&a), ours(&b));
        prop_assert_eq!(hex(p.add(&q)), digits(&(a + b)));
        prop_assert_eq!(hex(p.sub(&q)), digits(&(a - b)));
        prop_assert_eq!(hex(p.double()), digits(&(a + a)));
        prop_assert_eq!(hex(p.add(&p)), digits(&(a + a)));
        prop_assert_eq!(hex(p.sub(&p)), digits(&(a - a)));
        prop_assert_eq!(hex(p.negated()), digits(&-a));
        prop_assert_eq!(p.equals(&q), a == b);
        prop_assert!(p.double().equals(&p.add(&p)));
    }

    #[test]
    fn one_scalar(a in point(), s in scalar(), n in any::<u64>()) {
        prop_assert_eq!(hex(ours(&a).times(&s)), digits(&(a * s)));
        prop_assert_eq!(hex(ours(&a).times_number(u128::from(n))), digits(&(a * Scalar::from(n))));
    }

    #[test]
    fn a_chain_of_two_bases_and_three_outputs(a in point(), b in point(), s in scalar(), t in scalar(), u in scalar()) {
        let (ns, nt, nu) = (Naf::of(&s), Naf::of(&t), Naf::of(&u));
        let mut chain = Chain::new(3);
        let a_in_group = chain.add_base(&ours(&a), &[(&ns, 0), (&nt, 1), (&nu, 2)], true);
        let b_in_group = chain.add_base(&ours(&b), &[(&nu, 2), (&nt, 0)], true);
        let out = encode_all(&chain.finish());
        prop_assert_eq!(out[0].as_str(), digits(&(a * s + b * t)));
        prop_assert_eq!(out[1].as_str(), digits(&(a * t)));
        prop_assert_eq!(out[2].as_str(), digits(&((a + b) * u)));
        prop_assert_eq!(a_in_group, a.is_torsion_free());
        prop_assert_eq!(b_in_group, b.is_torsion_free());
    }

    #[test]
    fn tables(a in point(), s in scalar(), start in point(), width in 2usize..9) {
        let table = FixedBase::new(&ours(&a), width);
        prop_assert_eq!(hex(table.times(&s)), digits(&(a * s)));
        prop_assert_eq!(hex(table.add_to(ours(&start), &s)), digits(&(start + a * s)));
        prop_assert_eq!(hex(generator_table().times(&s)), digits(&EdwardsPoint::mul_base(&s)));
    }

    #[test]
    fn elements_are_read_exactly_when_canonical_and_of_prime_order(bytes in any::<[u8; 32]>(), a in point()) {
        for bytes in [bytes, *a.compress().as_bytes()] {
            let mut turned = bytes;
            turned.reverse();
            let expected = match CompressedEdwardsY(bytes).decompress() {
                None => Err(ElementFault::NotAPoint),
                Some(p) if p.compress().as_bytes() != &bytes => Err(ElementFault::NotAPoint),
                Some(p) if !p.is_torsion_free() => Err(ElementFault::NotInGroup),
                Some(_) => Ok(()),
            };
            prop_assert_eq!(Element::parse(&verify::hex::to_hex(&turned)).map(|_| ()), expected);
        }
    }
}

#[test]
fn the_generator_is_the_published_one() {
    assert_eq!(Point::generator().encode().as_str(), digits(&ED25519_BASEPOINT_POINT));
    assert_eq!(Point::generator().encode().as_str(), "6666666666666666666666666666666666666666666666666666666666666658");
    assert!(Element::parse(&digits(&ED25519_BASEPOINT_POINT)).is_ok());
    assert!(Element::parse("0000000000000000000000000000000000000000000000000000000000000001").is_ok());
}

#[test]
fn encodings_that_must_be_refused() {
    use ElementFault::*;
    let p = "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed";
    for (text, fault) in [
        // y = p (that is 0), p + 1 (that is 1), 2^255 − 1
        (p, NotAPoint),
        ("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffee", NotAPoint),
        ("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", NotAPoint),
        // x = 0 with the sign set: y = 1 and y = −1
        ("8000000000000000000000000000000000000000000000000000000000000001", NotAPoint),
        ("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec", NotAPoint),
        // y = 2 has no x
        ("0000000000000000000000000000000000000000000000000000000000000002", NotAPoint),
        // y = −1: order 2; y = 0: order 4
        ("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec", NotInGroup),
        ("0000000000000000000000000000000000000000000000000000000000000000", NotInGroup),
        // digits
        ("666666666666666666666666666666666666666666666666666666666666665", NotDigits),
        ("66666666666666666666666666666666666666666666666666666666666666580", NotDigits),
        ("666666666666666666666666666666666666666666666666666666666666665g", NotDigits),
        ("", NotDigits),
    ] {
        assert_eq!(Element::parse(text).map(|_| ()), Err(fault), "{text}");
    }
    let lower = Point::generator().double().encode();
    assert!(Element::parse(lower.as_str()).is_ok());
    assert_eq!(Element::parse(&lower.as_str().to_uppercase()).map(|_| ()), Err(NotDigits));
}
