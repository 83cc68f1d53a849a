use super::*;

#[test]
fn plain_text_has_no_marks() {
    assert_eq!(plain_text("- **招生** [章程](https://example.org)\n- `代码`"), "招生 章程\n代码");
}

#[test]
fn the_ends_of_ranges_are_not_joined() {
    assert_eq!(plain_text("营业9:00~~12:00，13:00~~17:00"), "营业9:00~~12:00，13:00~~17:00");
}

#[test]
fn products_keep_their_signs() {
    for text in ["规格3*4*5厘米", "尺寸10**20**30", "10mm*20mm*30mm", "10厘米*20厘米*30厘米", "x 2*3 y"]
    {
        assert_eq!(plain_text(text), text);
    }
    assert_eq!(plain_text("共*20*元，**3**份，甲*一*"), "共20元，3份，甲一");
}
