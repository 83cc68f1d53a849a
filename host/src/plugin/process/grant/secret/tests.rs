use super::*;

#[test]
fn the_password_of_basic_credentials_is_a_secret_too() {
    learn_credentials("api", &format!("Basic {}", STANDARD.encode("ops:geheim-123")));
    learn_credentials("api", "Bearer dXNlcjpub3QtYS1wYXNzd29yZA==");
    assert_eq!(redact::known().text("geheim-123 not-a-password"), "[secret api] not-a-password");
}
