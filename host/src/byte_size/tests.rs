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

#[test]
fn what_was_meant_is_suggested() {
    for (text, expected) in [
        ("4MB", "write \"4MiB\""),
        ("512m", "write \"512MiB\""),
        ("1.5GiB", "write \"1536MiB\""),
        ("６４兆", "write \"64MiB\""),
        ("1_024 KB", "write \"1MiB\""),
        ("2T", "write \"2048GiB\""),
        ("16KiB/s", "write \"16KiB\", without the `/s`"),
        ("16 kb每秒", "write \"16KiB\", without the `每秒`"),
        ("每秒16KB", "write \"16KiB\", without the `每秒`"),
        ("100Mbps", "write such as \"64MiB\""),
        ("-4MB", "write such as \"64MiB\""),
        ("很大", "write such as \"64MiB\""),
        ("0.3B", "write such as \"64MiB\""),
        ("1e400GiB", "write such as \"64MiB\""),
    ] {
        let told = ByteSize::read(text).unwrap_err();
        assert!(told.contains(expected), "{text}: {told}");
    }
}
