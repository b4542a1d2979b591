//! Encodings: what decodes encodes to itself, and scalar products of it agree however they are computed.
#![no_main]

use verify::curve::{Element, FixedBase, Point};

libfuzzer_sys::fuzz_target!(|data: [u8; 64]| {
    let mut little = [0; 32];
    little.copy_from_slice(&data[..32]);
    let mut digits = little;
    digits.reverse();
    let text = verify::hex::to_hex(&digits);
    let Some(point) = Point::decode(&little) else {
        assert!(Element::parse(&text).is_err());
        return;
    };
    assert_eq!(point.encode().as_str(), text);
    let number: String = data[32..].iter().map(|b| char::from(b'0' + b % 10)).collect();
    let json = format!("\"{}\"", number.trim_start_matches('0'));
    let scalar = verify::json::parse(json.as_bytes()).ok().and_then(|p| verify::parse_scalar(&p.value).ok());
    if let Some(scalar) = scalar {
        let product = point.times(&scalar);
        assert!(FixedBase::new(&point, 3).times(&scalar).equals(&product));
        assert!(point.add(&point).times(&scalar).equals(&product.double()));
    }
    if let Ok(element) = Element::parse(&text) {
        assert!(element.point().equals(&point));
    }
});
