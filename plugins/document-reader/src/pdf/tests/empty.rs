//! Tests of rows with empty cells, where nothing but the places of the others says what the columns are.

use super::cells::row;
use super::tables::{assert_table, drawn, read_pages};

/// A row whose sums end half a glyph before what stands beside them, so that the two are drawn as near as words are.
fn near(y: f64, [name, sum, way]: [&'static str; 3]) -> Vec<(f64, f64, &'static str)> {
    row(y, [80.0, 200.0 - 12.0 * sum.chars().count() as f64, 206.0], [name, sum, way])
}

const TABLE: [[&str; 3]; 5] = [
    ["项目", "金额", "方式"],
    ["学费", "5500", "按学年"],
    ["书费", "300", "一次性"],
    ["水费", "40", "按月收"],
    ["网费", "120", "按月收"],
];

/// The page of such rows, 20 apart.
fn page(rows: &[[&'static str; 3]]) -> String {
    let cells: Vec<_> =
        rows.iter().zip(0..).flat_map(|(cells, at)| near(700.0 - 20.0 * f64::from(at), *cells)).collect();
    drawn("", &cells)
}

#[test]
fn columns_that_stand_near_are_parted_with_whatever_cells_are_empty() {
    let three = &TABLE[..3];
    for (table, empty) in [
        (&TABLE[..], &[(4, 2)][..]),
        (&TABLE, &[(4, 1)]),
        (&TABLE, &[(1, 2)]),
        (&TABLE, &[(1, 2), (4, 2)]),
        (&TABLE, &[(3, 2), (4, 2)]),
        (&TABLE, &[(3, 1), (4, 2)]),
        // A name with nothing beside it.
        (&TABLE, &[(2, 1), (2, 2)]),
        (three, &[(2, 2)]),
        (three, &[(1, 2)]),
    ] {
        let mut rows = table.to_vec();
        empty.iter().for_each(|&(row, column)| rows[row][column] = "");
        let said: Vec<String> = rows.iter().map(|row| row.join(" | ")).collect();
        assert_table(&page(&rows), &said.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

#[test]
fn gaps_of_words_part_no_columns_where_few_rows_have_them() {
    let rows = [
        [(80.0, "项目"), (200.0, "截止"), (230.0, "日期")],
        [(80.0, "学费"), (200.0, "9月"), (230.0, "3日")],
        [(80.0, "书费"), (200.0, "随时"), (330.0, "")],
        [(80.0, "水费"), (200.0, "月底"), (330.0, "")],
    ];
    let cells = rows.iter().zip(0..).flat_map(|(cells, at)| {
        let y = 700.0 - 20.0 * f64::from(at);
        cells.iter().filter(|cell| !cell.1.is_empty()).map(move |(x, text)| (*x, y, *text))
    });
    let read = read_pages(&[&drawn("", &cells.collect::<Vec<_>>())]).join("\n");
    assert!(read.contains("截止日期") && read.contains("9月 3日"), "{read}");
    // So are those of lines that stand below a table.
    let mut rows: Vec<_> =
        TABLE.iter().zip(0..).flat_map(|(cells, at)| near(700.0 - 20.0 * f64::from(at), *cells)).collect();
    rows.extend([(80.0, 600.0, "以上金额以缴费通知为准")]);
    let said = TABLE.map(|row| row.join(" | "));
    assert_eq!(read_pages(&[&drawn("", &rows)])[..5], said);
}

#[test]
fn two_rows_have_names_although_one_of_them_lacks_its_number() {
    let places = [80.0, 200.0, 320.0];
    let read = |rows: [[&'static str; 3]; 3], top: f64| {
        let heights = [top, 680.0, 660.0];
        let cells: Vec<_> =
            heights.into_iter().zip(rows).flat_map(|(y, cells)| row(y, places, cells)).collect();
        read_pages(&[&drawn("", &cells)])
    };
    for top in [700.0, 712.0] {
        for numbers in [["5500", ""], ["", "4800"]] {
            let rows =
                [["专业", "学院", "学费"], ["法学", "法学院", numbers[0]], ["英语", "外语学院", numbers[1]]];
            assert_eq!(read(rows, top), rows.map(|row| row.join(" | ")));
        }
    }
    // What has no number, or is not there in other columns too, has no names that are sure.
    for rows in [
        [["申请人", "审核人", "批准人"], ["张三", "李四", "王五"], ["盖章", "盖章", ""]],
        [["姓名", "张三", "照片"], ["年龄", "20", ""], ["备注", "", ""]],
        [["校区", "电话", "邮编"], ["东区", "62751234", "一号楼"], ["西区", "", "二号楼"]],
    ] {
        let read = read(rows, 700.0);
        let is_table = read.iter().any(|line| line.contains(" | "));
        assert_eq!(is_table, rows[2][0] == "西区", "{read:?}");
    }
}

#[test]
fn two_lines_below_names_are_rows_unless_they_wrap() {
    let places = [80.0, 200.0, 320.0];
    let read = |one: [&'static str; 3], other: [&'static str; 3]| {
        let rows = [
            row(712.0, places, ["专业", "教室", "学费"]),
            row(680.0, places, one),
            row(662.0, places, other),
        ];
        read_pages(&[&drawn("", &rows.concat())]).join("\n").replace(['|', ' '], "")
    };
    let said = read(["法学", "东楼", "5500"], ["英语", "西楼", ""]);
    assert_eq!(said, "专业教室学费\n法学东楼5500\n英语西楼");
    // Wide lines that are full, and a text that is cut.
    let said = read(["计算机科学与", "信息学院东", "5500"], ["技术专业", "校区", ""]);
    assert_eq!(said, "专业教室学费\n计算机科学与技术专业信息学院东校区5500");
    let said = read(["法学（", "东楼", "5500"], ["双语）", "一层", ""]);
    assert_eq!(said, "专业教室学费\n法学（双语）东楼一层5500");
}
