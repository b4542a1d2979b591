//! The JSON reader: no panic, and a text that it calls canonical has no other form.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(parsed) = verify::json::parse(data) {
        let value = &parsed.value;
        assert!(value.start <= value.end && value.end <= data.len());
        if parsed.first_non_canonical.is_none() {
            assert_eq!((value.start, value.end), (0, data.len()));
        }
        let _ = (value.small(), value.count(), value.fields(["a", "b?"]), verify::parse_scalar(value));
    }
});
