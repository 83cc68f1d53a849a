use super::*;

#[test]
fn a_table_below_a_line_is_parted_from_it_and_code_is_as_it_was() {
    let parted = |text: &str| parted(text.to_owned()).unwrap();
    assert_eq!(parted("课程表如下\n编号|学分\n---|---\nC1|3\n"), "课程表如下\n\n编号|学分\n---|---\nC1|3\n");
    for text in [
        "编号|学分\n---|---\nC1|3\n",
        "```\n课程表\n编号|学分\n---|---\n```\n",
        "甲\n编号|学分|学时\n---|---\n",
        "甲\n乙\n---\n",
    ] {
        assert_eq!(parted(text), text);
    }
}
