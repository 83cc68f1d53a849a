use super::*;

#[test]
fn words_are_quoted_where_a_shell_would_read_them_otherwise() {
    for (word, expected) in [
        ("./qianfan-host", "./qianfan-host"),
        ("店铺/host.toml", "店铺/host.toml"),
        ("my shop", "'my shop'"),
        ("it's", "'it'\\''s'"),
        ("$(x)", "'$(x)'"),
        ("", "''"),
    ] {
        assert_eq!(quoted(word), expected);
    }
}
