//! A form has each name beside its value: 姓名 张三, or 姓名 张三 性别 男.

use csv::StringRecord;

use super::cell::{self, CellKind, kind};
use super::row::{cells, filled, is_labels, runs};

/// Rows and characters of a name of a form whose names are not known to be some.
const FEWEST: usize = 4;
const MAX_NAME: usize = 10;

/// What stands where in rows that may be a form.
#[derive(Default)]
struct Count {
    names: usize,
    /// Names that are known to be some.
    named: usize,
    values: usize,
    /// Names in the first column that are numbers, as those of rows may be.
    numbers: usize,
    /// Values that are names elsewhere.
    wrong: usize,
    /// How many names each column of names has, and how many of them are known.
    places: Vec<(usize, usize)>,
}

/// Whether names stand beside their values, filled in or not.
pub(super) fn is_form(rows: &[StringRecord]) -> bool {
    let width = rows.iter().map(StringRecord::len).max().unwrap_or(0);
    // A table may stand in a form, or below it.
    let end =
        rows.iter().skip(1).position(|row| runs(row) > 2 && is_labels(row)).map_or(rows.len(), |at| at + 1);
    let rows = rows.get(..end).unwrap_or_default();
    // A name over the whole width is the title of a part.
    let rows: Vec<&StringRecord> =
        rows.iter().filter(|row| runs(row) > 1 || cells(row).all(cell::is_label)).collect();
    if width < 2 || (rows.len() < 2 && width < 4) {
        return false;
    }
    let mut count = Count::default();
    for row in &rows {
        count.add(row);
    }
    // A header with a column of names below it has some beside each other as well.
    let mut first = Count::default();
    first.add(rows.first().unwrap_or(&&StringRecord::new()));
    if first.wrong > 0 || count.wrong * 5 > count.values || count.numbers * 5 > rows.len() {
        return false;
    }
    // Names that are known in half of the cells, in each of several columns, are less by chance than in one.
    let are_spread = count.places.len() > 1
        && count.wrong == 0
        && count.places.iter().all(|(all, labels)| labels * 10 >= all * 4);
    count.named >= 2 && count.named * 10 >= count.names * 6
        || count.named >= 3 && count.named * 2 >= count.names && are_spread
        || is_list(&rows, &count)
}

impl Count {
    fn add(&mut self, row: &StringRecord) {
        let mut before = "";
        let mut place = 0;
        for cell in row.iter().map(str::trim) {
            // A cell spread over several columns counts once.
            if !cell.is_empty() && cell == before {
                continue;
            }
            before = cell;
            let (all, labels) = if place % 2 == 0 {
                (&mut self.names, &mut self.named)
            } else {
                (&mut self.values, &mut self.wrong)
            };
            let (is_filled, is_label) = (usize::from(!cell.is_empty()), usize::from(cell::is_label(cell)));
            *all += is_filled;
            *labels += is_label;
            if place % 2 == 0 {
                self.numbers += usize::from(place == 0 && kind(cell) == CellKind::Number);
                self.places.resize(self.places.len().max(place / 2 + 1), (0, 0));
                if let Some((all, labels)) = self.places.get_mut(place / 2) {
                    *all += is_filled;
                    *labels += is_label;
                }
            }
            place += 1;
        }
    }
}

/// Whether two columns are names with values of many kinds. In a table a column holds one kind of thing.
fn is_list(rows: &[&StringRecord], count: &Count) -> bool {
    if rows.iter().any(|row| filled(row) > 2 || row.iter().skip(2).any(|cell| !cell.trim().is_empty())) {
        return false;
    }
    let value = |row: &&StringRecord| row.get(1).unwrap_or_default().trim().to_owned();
    let is_number = |row: &&&StringRecord| kind(&value(row)) == CellKind::Number;
    let below = rows.get(1..).unwrap_or_default();
    let numbers = below.iter().filter(is_number).count();
    let texts = below.iter().filter(|row| kind(&value(row)) == CellKind::Text).count();
    // 计划数 above 60 and 40 names them.
    let is_named = rows.first().is_some_and(|row| kind(&value(row)) == CellKind::Text)
        && numbers * 10 >= (numbers + texts) * 6;
    if is_named || count.wrong > 0 {
        return false;
    }
    let is_partly_known = count.named >= 2 && count.named * 10 >= count.names * 3;
    let mut names: Vec<&str> = rows.iter().map(|row| row.get(0).unwrap_or_default().trim()).collect();
    let are_names = names
        .iter()
        .all(|name| !name.is_empty() && name.chars().count() <= MAX_NAME && kind(name) == CellKind::Text);
    names.sort_unstable();
    let are_distinct = names.windows(2).all(|pair| pair.first() != pair.last());
    let are_mixed =
        rows.len() >= FEWEST && numbers >= 2 && texts >= 2 && numbers.min(texts) * 10 >= below.len() * 3;
    are_names && are_distinct && (is_partly_known || are_mixed)
}

/// A row's names with their values, one a line.
pub(super) fn lines(row: &StringRecord) -> String {
    let mut cells = row.iter().map(str::trim).peekable();
    let mut lines = String::new();
    while let Some(name) = cells.next() {
        // A name spread over several columns.
        while !name.is_empty() && cells.next_if_eq(&name).is_some() {}
        let Some(value) = cells.next() else {
            if !name.is_empty() {
                lines.push_str(name);
                lines.push('\n');
            }
            break;
        };
        while !value.is_empty() && cells.next_if_eq(&value).is_some() {}
        let line = match (name.is_empty(), value.is_empty()) {
            (true, true) => continue,
            (true, false) => value.to_owned(),
            (false, true) => name.to_owned(),
            (false, false) => format!("{}: {value}", name.trim_end_matches([':', '：'])),
        };
        lines.push_str(&line);
        lines.push('\n');
    }
    lines.truncate(lines.trim_end().len());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<StringRecord> {
        text.lines().map(|line| line.split(',').collect()).collect()
    }

    #[test]
    fn forms_are_known_by_names_beside_values() {
        for text in [
            "姓名,张三\n电话,010\n地址,学院路",
            "姓名,张三,性别,男\n学号,1,专业,法学",
            "联系人：,张三\n其他：,李四",
            "企业名称,甲公司\n企业性质,民营\n员工人数,120人\n成立日期,2010年",
            "活动名称,迎新晚会,活动时间,九月一日\n活动地点,礼堂,参加人数,300人",
            "姓名,,性别,\n学号,,专业,",
            "申请单位,,申请日期,\n申请金额,,支付方式,",
            "基本情况,,,\n姓名,张三,性别,男\n家庭住址,某路1号,联系方式,010",
            "姓名,张三,性别,男\n出生年月,2001年5月,民族,汉\n姓名,关系,工作单位,电话\n张父,父亲,甲公司,8001\n李母,母亲,乙公司,8002",
            "一、基本信息,,,\n单位全称,某公司,创立于,2001\n注册地,某市,在职人数,80\n二、联系信息,,,\n联系人,张三,手机,138",
            "姓名,张三,性别,男\n出生年月,2005年1月,民族,汉\n家庭住址,某市,某市,某市\n成绩,语文,120,120\n成绩,数学,130,130",
            "校训,厚德博学\n建校,1950年\n在校生,2.1万人\n校长,张三\n校区,两个",
        ] {
            assert!(is_form(&rows(text)), "{text}");
        }
        for text in [
            "姓名,电话\n张三,010\n李四,020",
            "项目,说明\n学费,五千\n地址,学院路",
            "项目名称,申请金额\n设备购置,5万\n差旅,2万",
            "指标,2023,2024\n学生人数,100,120\n教师人数,10,12",
            "专业,计划数\n软件,60\n法学,待定\n会计,40",
            "学院,负责人\n计算机学院,张三\n法学院,李四",
            "月份,收入\n1,100\n2,200\n合计,300\n占比,0.33\n说明,高",
            "项目,本科,硕士,博士\n学制,四年,三年,三年\n学位,学士,硕士,博士",
            "项目,本科,硕士,博士\n学费,5000,8000,10000\n住宿费,1200,1200,1500",
            "姓名,电话,,\n张三,010,,\n李四,020,,",
        ] {
            assert!(!is_form(&rows(text)), "{text}");
        }
        assert_eq!(lines(&rows("姓名,张三,性别,")[0]), "姓名: 张三\n性别");
    }
}
