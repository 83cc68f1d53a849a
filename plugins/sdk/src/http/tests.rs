use super::*;

#[test]
fn an_excerpt_is_one_short_line() {
    let response = Response { status: 500, headers: Vec::new(), body: "错误\n".repeat(300).into_bytes() };
    let excerpt = response.excerpt();
    assert!(!excerpt.contains('\n'));
    assert_eq!(excerpt.chars().count(), 201);
    assert!(excerpt.starts_with("错误 错误"));
}
