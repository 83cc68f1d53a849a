use super::*;

#[test]
fn a_parameter_is_set_once_and_the_others_stay_byte_for_byte() {
    for (before, after) in [
        ("https://a.example/x", "https://a.example/x?key=a%2Bb%3D"),
        ("https://a.example/x?q=%E7%9C%81&r=a+b", "https://a.example/x?q=%E7%9C%81&r=a+b&key=a%2Bb%3D"),
        ("https://a.example/?KEY=1&key=2&k%65y=3&keys=4", "https://a.example/?keys=4&key=a%2Bb%3D"),
    ] {
        let mut url = Url::parse(before).unwrap();
        set_parameter(&mut url, "key", "a+b=");
        assert_eq!(url.as_str(), after);
    }
}

#[test]
fn a_field_comes_after_those_of_the_guest() {
    assert_eq!(with_field(&Bytes::new(), "k", "a b"), "k=a+b");
    assert_eq!(with_field(&Bytes::from_static(b"q=1"), "k", "&"), "q=1&k=%26");
}
