use super::*;

#[test]
fn a_parsers_words_become_an_operators() {
    for (said, told) in [
        (
            "invalid type: integer `-5`, expected a string at line 1 column 12",
            "is the number -5, and must be a text",
        ),
        (
            "invalid value: integer `-5`, expected usize",
            "is the number -5, and must be a whole number, 0 or more",
        ),
        ("invalid type: string \"x\", expected f64", "is the text \"x\", and must be a number"),
        ("invalid type: null, expected struct SearchBody", "is null, and must be an object"),
        (
            "invalid type: sequence, expected a list of at most 64",
            "is a list, and must be a list of at most 64",
        ),
        ("invalid length 0, expected struct Written with 3 elements", "is a list, and must be an object"),
        (
            "unknown field `x`, expected one of `a`, `b`, `c`",
            "there is no field `x`; there are: `a`, `b`, `c`",
        ),
        ("unknown field `x`, expected `a` or `b`", "there is no field `x`; there are: `a`, `b`"),
        ("unknown field `x`, there are no fields", "there is no field `x`; none is taken here"),
        (
            "unknown variant `x`, expected `up` or `down`",
            "is `x`, which is not known; write one of `up`, `down`",
        ),
        ("missing field `turn` at line 1 column 34", "the field `turn` is missing"),
        ("filter on `a`: needs a list of values", "filter on `a`: needs a list of values"),
    ] {
        assert_eq!(plain(said), told);
    }
}

#[test]
fn a_query_is_refused_by_the_name_of_its_parameter() {
    for (said, told) in [
        ("limit: invalid digit found in string", "`limit` in the query must be a whole number, 0 or more"),
        (
            "has: unknown variant `z`, expected `up` or `down`",
            "`has` in the query is `z`, which is not known; write one of `up`, `down`",
        ),
        (
            "foo: unknown field `foo`, expected one of `limit`, `after`",
            "the query cannot be read: there is no parameter `foo`; there are: `limit`, `after`",
        ),
        ("missing field `document`", "the query cannot be read: the parameter `document` is missing"),
    ] {
        assert_eq!(of_framework(&format!("{OF_A_QUERY}{said}")), told);
    }
    assert!(of_framework("Invalid URL: Invalid UTF-8 in `id`").contains("percent-encoded"));
}
