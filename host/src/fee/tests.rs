use super::*;

fn told(answer: &str) -> Tokens {
    Tokens::told(&serde_json::from_str(answer).unwrap(), || 7)
}

#[test]
fn usage_is_heard_in_every_shape_and_estimated_where_there_is_none() {
    let counted = |count| Tokens { count, estimated: false };
    for answer in [
        r#"{"usage": {"prompt_tokens": 12, "total_tokens": 12}}"#,
        r#"{"usage": {"prompt_tokens": 12}}"#,
        r#"{"usage": {"total_tokens": 12.0}}"#,
        r#"{"usage": {"input_tokens": 12, "total_tokens": null}}"#,
        r#"{"meta": {"tokens": {"input_tokens": 12, "output_tokens": 0}}}"#,
    ] {
        assert_eq!(told(answer), counted(12), "{answer}");
    }
    for answer in [
        "{}",
        r#"{"usage": null}"#,
        r#"{"usage": "12"}"#,
        r#"{"usage": {"total_tokens": 0}}"#,
        r#"{"usage": {"total_tokens": -5}}"#,
        r#"{"usage": {"total_tokens": 1e30}}"#,
        r#"{"meta": []}"#,
    ] {
        assert_eq!(told(answer), Tokens { count: 7, estimated: true }, "{answer}");
    }
}

#[test]
fn fees_of_one_kind_add_up_and_a_missing_price_is_not_forgotten() {
    let tokens = Tokens { count: 500, estimated: false };
    let fee = tokens.at(FeePurpose::Embed, "e", Some(0.004));
    assert_eq!(fee.cost, Some(0.002));
    let mut fees = Vec::new();
    add_fee(&mut fees, &fee);
    add_fee(&mut fees, &Fee { estimated: true, ..fee.clone() });
    add_fee(&mut fees, &tokens.at(FeePurpose::Rerank, "e", None));
    assert_eq!((fees.len(), fees[0].tokens, fees[0].cost, fees[0].estimated), (2, 1000, Some(0.004), true));
    add_fee(&mut fees, &Fee { cost: None, ..fee });
    assert_eq!(fees[0].cost, None);
}
