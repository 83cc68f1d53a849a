use super::*;

#[test]
fn each_byte_is_two_digits_in_order() {
    assert_eq!(hex(&[0x00, 0x0a, 0xff]), "000aff");
    assert_eq!(hex(&[]), "");
}
