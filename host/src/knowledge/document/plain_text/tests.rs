use super::*;

#[test]
fn plain_text_has_no_marks() {
    assert_eq!(plain_text("- **招生** [章程](https://example.org)\n- `代码`"), "招生 章程\n代码");
}
