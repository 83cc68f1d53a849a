use super::*;

#[test]
fn byte_sizes_are_numbers_or_text_with_a_binary_unit() {
    for (text, bytes) in [("1", 1), ("64MiB", 64 << 20), ("3 KiB", 3072), ("1GiB", 1 << 30), ("7B", 7)] {
        assert_eq!(ByteSize::parse(text), Some(ByteSize(bytes)), "{text}");
    }
    for text in ["", "MiB", "1MB", "1.5MiB", "-1", "9999999999999GiB", "六"] {
        assert_eq!(ByteSize::parse(text), None, "{text}");
    }
}
