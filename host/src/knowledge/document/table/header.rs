//! Which of a table's first rows name its columns: found by what stands above, beside and below a name.

use csv::StringRecord;

use super::cell::{self, Kind, kind};

/// Rows below a possible header that are looked at.
const BELOW: usize = 16;

/// What the document says of a table's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::knowledge::document) enum Header {
    /// So many rows are.
    Said(usize),
    /// The first row is, unless it cannot be: CSV and Markdown are written so.
    Usual,
    /// Nothing.
    Unsaid,
}

/// How a table's first rows are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Found {
    /// Rows above the header: titles and remarks.
    pub(super) titles: usize,
    /// Rows that name the columns.
    pub(super) rows: usize,
    /// Whether what stands below bears the names out.
    pub(super) is_certain: bool,
    /// Whether it is a form: each name has its value beside it.
    pub(super) is_form: bool,
}

pub(super) fn find(rows: &[StringRecord], header: Header) -> Found {
    let usual = usual_width(rows);
    let said = match header {
        Header::Said(said) => said.min(rows.len()),
        Header::Usual | Header::Unsaid => 0,
    };
    let mut titles = 0;
    let most = if said > 0 { said } else { rows.len() };
    while titles + 1 < most && is_title(rows, titles, usual) {
        titles += 1;
    }
    if said > 0 {
        return Found { titles, rows: said - titles, is_certain: true, is_form: false };
    }
    let left = rows.get(titles..).unwrap_or_default();
    if header == Header::Said(0) {
        return Found { titles, is_form: is_form(left), ..Found::default() };
    }
    if is_form(left) {
        return Found { titles, is_form: true, ..Found::default() };
    }
    let (Some(first), false) = (left.first(), left.len() < 2) else {
        return Found { titles, ..Found::default() };
    };
    if let Some(second) = left.get(1)
        && is_upper(first, second, left.get(2))
    {
        return Found { titles, rows: 2, is_certain: true, is_form: false };
    }
    let score = score(first, left.get(1..).unwrap_or_default());
    // A list of one column seldom has a header.
    let is_list = left.iter().all(|row| filled(row) <= 1);
    let least = if is_list && header != Header::Usual { 1.0 } else { 0.0 };
    Found { titles, rows: usize::from(score >= least), is_certain: score > 0.0, is_form: false }
}

/// The column's names of header rows: those below one another joined, a name over several columns said for each.
pub(super) fn names(rows: &[StringRecord]) -> Vec<String> {
    let width = rows.iter().map(StringRecord::len).max().unwrap_or(0);
    let mut names = vec![String::new(); width];
    for (level, row) in rows.iter().enumerate() {
        let below = rows.get(level + 1);
        let mut over = "";
        for (column, name) in names.iter_mut().enumerate() {
            let own = row.get(column).unwrap_or_default().trim();
            if !own.is_empty() {
                over = own;
            }
            // A name goes on to the right only where a lower one tells the columns apart.
            let has_lower =
                below.and_then(|below| below.get(column)).is_some_and(|lower| !lower.trim().is_empty());
            let part = if own.is_empty() && has_lower { over } else { own };
            let part = part.split_whitespace().collect::<Vec<_>>().join(" ");
            if part.is_empty() || *name == part || name.ends_with(&format!(" {part}")) {
                continue;
            }
            if !name.is_empty() {
                name.push(' ');
            }
            name.push_str(&part);
        }
    }
    names
}

pub(super) fn filled(row: &StringRecord) -> usize {
    row.iter().filter(|cell| !cell.trim().is_empty()).count()
}

/// Whether all its cells say the same, as a merged one does that was spread over its columns.
pub(super) fn is_spread(row: &StringRecord) -> bool {
    let mut cells = row.iter().map(str::trim).filter(|cell| !cell.is_empty());
    let first = cells.next();
    let mut others = 0;
    cells.all(|cell| {
        others += 1;
        Some(cell) == first
    }) && others > 0
}

/// How many cells most rows have.
pub(super) fn usual_width(rows: &[StringRecord]) -> usize {
    let widths: Vec<usize> = rows.iter().filter(|row| !is_spread(row)).map(filled).collect();
    // Titles, groups and remarks have one cell, however many they are.
    let wide = widths.iter().filter(|&&width| width > 1).count();
    let least = if wide * 4 >= widths.len() { 2 } else { 0 };
    let mut counts = std::collections::BTreeMap::new();
    for width in widths.into_iter().filter(|&width| width >= least) {
        *counts.entry(width).or_insert(0_usize) += 1;
    }
    counts.into_iter().max_by_key(|&(width, count)| (count, width)).map_or(0, |(width, _)| width)
}

/// Whether the row stands above the table proper: it has few cells, or one that is spread.
fn is_title(rows: &[StringRecord], at: usize, usual: usize) -> bool {
    let (Some(row), Some(next)) = (rows.get(at), rows.get(at + 1)) else { return false };
    if is_spread(row) && !is_spread(next) && usual >= 2 {
        // 学费 over the columns 本科 and 专科 is a name; over nothing but its own table it is a title.
        return filled(row) >= filled(next) || filled(row) > 2;
    }
    let cells = runs(row);
    // 单位：人 and 制表日期：… are remarks, even where they are half as many as the columns.
    let is_remark = row.iter().any(remarks);
    if cells >= usual || (cells > 1 && (cells * 2 > usual || cells * 2 == usual && !is_remark)) {
        return false;
    }
    // Fewer cells may be names over several columns.
    !(cells > 1 && is_upper(row, next, rows.get(at + 2)))
}

/// Its filled cells, one that is spread over several columns counted once.
fn runs(row: &StringRecord) -> usize {
    let mut before = "";
    let mut runs = 0;
    for cell in row.iter().map(str::trim) {
        runs += usize::from(!cell.is_empty() && cell != before);
        before = cell;
    }
    runs
}

/// Whether a cell says something rather than names something: 单位：人.
fn remarks(cell: &str) -> bool {
    cell.split_once(['：', ':']).is_some_and(|(_, said)| !said.trim().is_empty())
}

/// Whether `upper` names groups of the columns that `lower` names.
fn is_upper(upper: &StringRecord, lower: &StringRecord, below: Option<&StringRecord>) -> bool {
    if filled(lower) < 2
        || is_spread(upper) && upper.len() == filled(upper) && filled(lower) >= upper.len() && below.is_none()
    {
        return false;
    }
    let cell = |row: &StringRecord, column: usize| row.get(column).unwrap_or_default().trim().to_owned();
    let names = |row: &StringRecord| {
        row.iter().all(|cell| {
            (kind(cell) != Kind::Number || cell::is_year(cell))
                && cell.trim().chars().count() <= cell::MAX_NAME
        })
    };
    if !names(upper) || !names(lower) || upper.iter().any(remarks) {
        return false;
    }
    let (mut spread, mut gap, mut merged) = (false, false, false);
    for column in 0..upper.len().max(lower.len()) {
        let (up, low) = (cell(upper, column), cell(lower, column));
        merged |= !up.is_empty() && (low.is_empty() || low == up);
        if column == 0 {
            continue;
        }
        let (before, low_before) = (cell(upper, column - 1), cell(lower, column - 1));
        spread |= !up.is_empty() && up == before && !low.is_empty() && low != low_before && low != up;
        gap |= up.is_empty()
            && !before.is_empty()
            && !low.is_empty()
            && !low_before.is_empty()
            && low != low_before;
    }
    let mut lower_names: Vec<&str> = lower.iter().map(str::trim).filter(|cell| !cell.is_empty()).collect();
    lower_names.sort_unstable();
    let repeats = lower_names.windows(2).any(|pair| pair.first() == pair.last());
    let numbers_below = below.is_some_and(|below| {
        (0..lower.len()).any(|column| {
            kind(&cell(below, column)) == Kind::Number && kind(&cell(lower, column)) == Kind::Text
        })
    });
    (spread && (merged || repeats || numbers_below)) || (gap && (merged || repeats) && below.is_some())
}

/// How much speaks for a row to be the header of the rows below it; below zero it is none.
fn score(row: &StringRecord, below: &[StringRecord]) -> f64 {
    let below = below.get(..BELOW).unwrap_or(below);
    let mut score = 0.0;
    for (column, name) in row.iter().enumerate() {
        let name = name.trim();
        if name.is_empty() {
            continue;
        }
        let values: Vec<&str> = below.iter().filter_map(|row| row.get(column)).map(str::trim).collect();
        let values: Vec<&str> = values.into_iter().filter(|value| kind(value) != Kind::Empty).collect();
        let numbers = values.iter().filter(|value| kind(value) == Kind::Number).count();
        let mostly_numbers = !values.is_empty() && numbers * 10 >= values.len() * 6;
        score += match kind(name) {
            Kind::Text if mostly_numbers => 2.0,
            Kind::Number if cell::is_year(name) && !values.iter().any(|value| cell::is_year(value)) => 0.5,
            // 1月 above 10, or 5G above 30元: what it counts is named, not counted.
            Kind::Number
                if cell::unit(name)
                    .is_some_and(|unit| !values.iter().any(|value| cell::unit(value) == Some(unit))) =>
            {
                0.5
            }
            Kind::Number if mostly_numbers => -3.0,
            Kind::Number => -1.5,
            _ => 0.0,
        };
        score += f64::from(u8::from(cell::is_label(name)));
        if values.contains(&name) {
            score -= 2.0;
        }
        if name.chars().count() > cell::MAX_NAME || name.contains(['。', '；', '？', '?']) {
            score -= 1.5;
        }
        let chars: usize = values.iter().map(|value| value.chars().count()).sum();
        if !values.is_empty() && chars >= 3 * values.len() * name.chars().count() {
            score += 0.5;
        }
    }
    score
}

/// Whether names stand beside their values: 姓名 张三, or 姓名 张三 性别 男.
fn is_form(rows: &[StringRecord]) -> bool {
    let (mut names, mut named, mut values, mut wrong) = (0_usize, 0_usize, 0_usize, 0_usize);
    let width = rows.iter().map(filled).max().unwrap_or(0);
    if width < 2 || (rows.len() < 2 && width < 4) {
        return false;
    }
    for row in rows {
        let mut before = "";
        let mut place = 0;
        for cell in row.iter().map(str::trim) {
            // A cell spread over several columns counts once.
            if !cell.is_empty() && cell == before {
                continue;
            }
            before = cell;
            if place % 2 == 0 {
                names += usize::from(!cell.is_empty());
                named += usize::from(cell::is_label(cell));
            } else {
                values += usize::from(!cell.is_empty());
                wrong += usize::from(cell::is_label(cell));
            }
            place += 1;
        }
    }
    // A header with a column of labels below it has one beside each as well.
    let first = rows.first().map(|row| row.iter().filter(|cell| cell::is_label(cell)).count()).unwrap_or(0);
    named >= 2 && named * 10 >= names * 6 && wrong * 5 <= values && first * 2 <= width
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<StringRecord> {
        text.lines().map(|line| line.split(',').collect()).collect()
    }

    #[test]
    fn headers_are_found_below_titles_and_in_two_rows() {
        for (text, titles, header, names_are) in [
            ("2025年录取分数线,,\n院校,批次,分数\n甲大学,本科批,600", 1, 1, "院校|批次|分数"),
            (
                "大学计划,,,\n单位：人,,,制表：甲\n专业,科类,计划数,学费\n软件,物理,60,5500",
                2,
                1,
                "专业|科类|计划数|学费",
            ),
            (
                "标题,标题,标题,标题\n单位：人,单位：人,单位：人,制表：甲\n专业,科类,计划数,学费\n软件,物理,60,5500",
                2,
                1,
                "专业|科类|计划数|学费",
            ),
            ("标题,标题,标题\n院校,批次,分数\n甲大学,本科批,600", 1, 1, "院校|批次|分数"),
            ("院校,2024,2025\n甲大学,600,610\n乙大学,590,600", 0, 1, "院校|2024|2025"),
            (
                "院校,2024年,,2025年,\n,最低分,位次,最低分,位次\n甲,600,1,610,2",
                0,
                2,
                "院校|2024年 最低分|2024年 位次|2025年 最低分|2025年 位次",
            ),
            ("院校,分数,分数\n院校,最低,最高\n甲,600,650", 0, 2, "院校|分数 最低|分数 最高"),
            ("项目,金额\n学费,5500", 0, 1, "项目|金额"),
            ("学院,负责人\n计算机学院,张三\n法学院,李四", 0, 1, "学院|负责人"),
            ("甲大学,本科批,600\n乙大学,本科批,550", 0, 0, ""),
            ("2023,甲,600\n2024,乙,610", 0, 0, ""),
        ] {
            let rows = rows(text);
            let found = find(&rows, Header::Unsaid);
            assert_eq!((found.titles, found.rows, found.is_form), (titles, header, false), "{text}");
            assert_eq!(names(&rows[titles..titles + header]).join("|"), names_are);
        }
    }

    #[test]
    fn forms_have_no_header() {
        for text in [
            "姓名,张三\n电话,010\n地址,学院路",
            "登记表,,,\n姓名,张三,性别,男\n学号,1,专业,法学",
            "联系人：,张三\n其他：,李四",
        ] {
            assert!(find(&rows(text), Header::Usual).is_form, "{text}");
        }
        for text in ["姓名,电话\n张三,010\n李四,020", "项目,说明\n学费,五千\n地址,学院路"]
        {
            assert!(!find(&rows(text), Header::Usual).is_form, "{text}");
        }
    }
}
