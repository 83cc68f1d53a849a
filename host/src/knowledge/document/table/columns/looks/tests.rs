use super::*;

fn rows(text: &str) -> Vec<StringRecord> {
    text.lines().map(|line| line.split(',').collect()).collect()
}

#[test]
fn rows_are_like_those_above_or_of_another_kind() {
    for (above, numbers, below, hold, differ) in [
        ("肉,48", [false, true, false], "菜,18\n虾,面议", true, false),
        // A column that was empty may hold anything.
        ("肉,48,", [false, true, false], "菜,18,素", true, false),
        ("肉,48", [false, true, false], "菜,18,素", false, false),
        (
            "一店,人民路1号,8001",
            [false, false, true],
            "张三,A01,2020-01-02\n李四,A02,2021-03-04",
            false,
            true,
        ),
        ("软件,5500", [false, true, false], "京A座,王五\n京B座,赵六", false, false),
        // Words in a column of numbers make no others likely.
        ("软件,5500\n法学,面议", [false, true, false], "车,王五\n船,赵六", false, false),
        (
            "百分,15%\n日子,2025-07-01\n钱,3元",
            [false, true, false],
            "时间,9:00\n日,2025年7月1日",
            true,
            false,
        ),
    ] {
        let mut looks = RowLooks::default();
        rows(above).iter().for_each(|row| looks.add(row, &numbers));
        let (below, named) = (rows(below), rows(above)[0].len());
        assert_eq!(
            (looks.hold(&below, named), !looks.differ(&below).is_empty()),
            (hold, differ),
            "{above} | {below:?}"
        );
    }
    assert!(is_day("7月1日") && is_day("9:00-21:00") && !is_day("010-62001000") && !is_day("-3"));
}
