use super::*;

#[test]
fn plain_text_has_no_marks() {
    assert_eq!(plain_text("- **招生** [章程](https://example.org)\n- `代码`"), "招生 章程\n代码");
}

#[test]
fn the_ends_of_ranges_are_not_joined() {
    assert_eq!(plain_text("营业9:00~~12:00，13:00~~17:00"), "营业9:00~~12:00，13:00~~17:00");
}
