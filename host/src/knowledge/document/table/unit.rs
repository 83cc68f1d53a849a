//! A unit is what a table's numbers count: it is said above the table (单位：万元), or below the names of its columns (元/年, 人).

use csv::StringRecord;

/// Characters of what a line says the unit is.
const MAX_SAID: usize = 16;
/// What units are called.
const NAMES: &[&str] = &[
    "单位",
    "單位",
    "金额单位",
    "货币单位",
    "计量单位",
    "数量单位",
    "价格单位",
    "面积单位",
    "人数单位",
    "币种",
    "币别",
    "货币",
    "unit",
    "units",
    "currency",
];
/// The usual units.
const UNITS: &str = " 元 角 分 千元 万元 百万元 千万元 亿元 人民币 人民币元 人民币万元 人民币亿元 美元 万美元 亿美元 欧元 港元 港币 日元 万 亿 \
    人 万人 人次 万人次 名 位 户 万户 家 个 万个 件 万件 台 万台 套 辆 艘 只 头 条 张 本 册 份 篇 项 次 批 箱 袋 瓶 盒 棵 株 间 栋 层 处 所 门 节 届 组 班 期 \
    吨 万吨 亿吨 千克 公斤 斤 克 毫克 微克 升 毫升 立方米 万立方米 亿立方米 米 千米 公里 里 厘米 毫米 平方米 万平方米 平方公里 亩 万亩 公顷 万公顷 \
    天 日 周 月 年 学年 学期 季 季度 小时 时 分钟 秒 课时 学时 学分 岁 度 千瓦 千瓦时 万千瓦时 亿千瓦时 瓦 伏 安 赫兹 摄氏度 分贝 倍 点 百分点 \
    % ％ ‰ ℃ ° kg g mg t m km cm mm ㎡ m² m2 m³ m3 l ml kw kwh w v a hz gb mb tb h min s rmb cny usd eur yuan ";

/// Whether a cell is a unit: 元, 万元/年, （人）.
pub(super) fn is_unit(cell: &str) -> bool {
    let bare = bare(cell).to_lowercase();
    let is_known = |part: &str| {
        let part = part.trim();
        !part.is_empty() && !part.contains(' ') && UNITS.contains(&format!(" {part} "))
    };
    !bare.is_empty()
        && bare.chars().count() <= MAX_SAID
        && bare.split(['/', '／', '、', '·', '，', ',']).all(is_known)
}

/// Whether a line says in what the table below it counts: 单位：万元, （金额单位：人民币元）, (万元).
pub(in crate::knowledge::document) fn says_unit(line: &str) -> bool {
    let line = line.trim();
    let bare = bare(line);
    let is_name = |name: &str| {
        let name: String = name.split_whitespace().collect::<String>().to_lowercase();
        NAMES.contains(&name.as_str())
    };
    match bare.split_once(['：', ':']).or_else(|| bare.split_once(char::is_whitespace)) {
        Some((name, said)) => is_name(name) && is_unit(said),
        None => bare.len() < line.len() && is_unit(bare),
    }
}

/// Whether the row right below a header says in what its columns count.
pub(super) fn is_row_of_units(row: &StringRecord) -> bool {
    let mut units = 0;
    let cells = row.iter().map(str::trim).filter(|cell| !cell.is_empty());
    let mut all = cells.enumerate();
    all.all(|(at, cell)| {
        let is_one = is_unit(cell);
        units += usize::from(is_one);
        is_one || at == 0 && NAMES.contains(&bare(cell)) || matches!(cell, "-" | "—" | "/" | "--" | "——")
    }) && units > 0
}

/// A column's name with its unit: 学费（元/年）.
pub(super) fn named(name: &str, unit: &str) -> String {
    let unit = bare(unit);
    if unit.is_empty() || !is_unit(unit) || name.contains(unit) {
        return name.to_owned();
    }
    format!("{name}（{unit}）")
}

/// Without the brackets around it.
fn bare(cell: &str) -> &str {
    cell.trim()
        .trim_start_matches(['（', '(', '[', '【', '〔'])
        .trim_end_matches(['）', ')', ']', '】', '〕'])
        .trim()
}

#[cfg(test)]
mod tests;
