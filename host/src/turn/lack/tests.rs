use super::*;

fn lack(text: &str, by_model: bool) -> Option<Lack> {
    let error = CallError::Failed { failure: Failure::InvalidArguments(text.into()) };
    Lack::of("p", &error, &[("year".into(), "2026".into()), ("blank".into(), " ".into())], by_model)
}

#[test]
fn only_what_is_not_there_is_missing_and_a_model_mends_its_own_arguments() {
    let told = lack(
        "the argument `a`, the variable `b`, the variable `blank`, the variable `year` are missing",
        false,
    );
    let told = told.unwrap();
    assert_eq!((told.variables.join(" "), told.arguments.join(" ")), ("b blank".into(), "a".into()));
    assert!(told.to_string().contains(r#""variables": {"b": "…"}"#), "{told}");
    assert_eq!(lack("the argument `a` is missing", true), None);
    assert!(lack("the variable `b` is missing", true).is_some_and(|lack| lack.is_the_clients()));
    let told = lack("`url` renders to a path with a `..` in it", false).unwrap();
    assert!(!told.is_the_clients() && told.arguments.is_empty());
    let other = CallError::Failed { failure: Failure::Other("the variable `b`".into()) };
    assert_eq!(Lack::of("p", &other, &[], false), None);
}
