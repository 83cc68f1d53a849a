use super::*;

#[test]
fn what_breaks_off_is_no_mistake_of_the_table() {
    let (model, cause) = ("m".to_owned(), "the connection was closed".to_owned());
    assert_eq!(mend_of_model(&ModelError::BrokenOff { model, cause }), FAILS);
}
