//! What a cell of a table looks like: a number, a name, a remark, a question.

/// Characters of a cell that may still be a column's name.
pub(super) const MAX_NAME: usize = 30;

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing, or a mark that says so.
    Empty,
    /// A number, date, share or amount, with its unit.
    Number,
    /// Anything else.
    Text,
}

pub(super) fn kind(cell: &str) -> Kind {
    let cell = cell.trim();
    if cell.is_empty()
        || matches!(cell, "-" | "—" | "——" | "--" | "/" | "\\" | "无" | "暂无" | "N/A" | "n/a" | "null")
    {
        return Kind::Empty;
    }
    let (mut digits, mut units) = (0_usize, 0_usize);
    let mut before = ' ';
    for c in cell.chars() {
        let after_gap = before.is_whitespace();
        before = c;
        if c.is_ascii_digit() || ('０'..='９').contains(&c) {
            digits += 1;
        } else if "年月日时分秒元万亿千百人名个所位次届级期号度℃".contains(c) || c.is_ascii_alphabetic()
        {
            // 2024年 位次 is a name, though each of its characters counts something.
            if after_gap && digits > 0 && "年月日时分秒位次级届期号度".contains(c) {
                return Kind::Text;
            }
            units += 1;
        } else if !c.is_whitespace() && !",.，．+-−~～/:：()（）%％‰￥¥$€*".contains(c) {
            return Kind::Text;
        }
    }
    if digits > 0 && units <= 4 && units <= digits.max(2) { Kind::Number } else { Kind::Text }
}

/// What a number counts: 月 of 1月, G of 5G. None of a bare number, nor of what is no number.
pub(super) fn unit(cell: &str) -> Option<&str> {
    let cell = cell.trim();
    let unit = cell.trim_start_matches(|c: char| c.is_ascii_digit() || ",.".contains(c));
    let is_unit = unit.len() < cell.len() && !unit.is_empty() && !unit.contains(|c: char| c.is_ascii_digit());
    (is_unit && unit.chars().all(char::is_alphabetic)).then_some(unit)
}

/// Whether it is a year, which names columns as well as it fills them.
pub(super) fn is_year(cell: &str) -> bool {
    let cell = cell.trim();
    let digits = cell.trim_end_matches(['年', '级', '届', '度', '季']);
    digits.len() == 4
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && (digits.starts_with("19") || digits.starts_with("20"))
}

/// Words that name what a cell beside or below them holds.
const LABELS: &str = " 姓名 名字 名称 性别 年龄 民族 籍贯 学历 职务 职称 职位 岗位 电话 联系电话 手机 手机号 手机号码 邮箱 电子邮箱 邮编 \
    邮政编码 传真 地址 通讯地址 通信地址 网址 官网 联系人 联系方式 负责人 部门 单位 单位名称 学校 院校 院校名称 院校代码 院系 学院 系 专业 \
    专业名称 专业代码 专业组 班级 年级 学号 学制 学位 科目 科类 批次 层次 类别 类型 种类 分类 省份 省市 城市 地区 区域 校区 生源地 年份 年度 \
    日期 时间 出生日期 出生年月 身份证号 身份证号码 证件号码 证件类型 政治面貌 毕业院校 毕业时间 入学时间 开始时间 结束时间 办公时间 办理时间 \
    办理地点 地点 序号 编号 代码 代号 号码 项目 项目名称 内容 说明 备注 描述 状态 数量 单价 价格 金额 合计 总计 总价 小计 费用 学费 住宿费 \
    收费标准 标准 分数 分数线 最低分 最高分 平均分 位次 最低位次 计划 计划数 招生计划 人数 录取人数 比例 占比 排名 名次 规格 型号 品牌 产品 产品名称 \
    商品 商品名称 参数 参数名 值 参数值 指标 单位名 开户行 开户银行 账号 账户 户名 税号 法定代表人 注册资本 成立日期 经营范围 统一社会信用代码 \
    name id no no. phone tel email address date time year type category title description price amount count qty quantity score unit \
    department school college major city province country status remark remarks note notes value key item code rank url ";

/// Whether a cell is known to name others.
pub(super) fn is_label(cell: &str) -> bool {
    let cell = cell.trim();
    if cell.ends_with(['：', ':']) {
        return cell.chars().count() <= MAX_NAME;
    }
    let bare = cell.split(['（', '(']).next().unwrap_or_default();
    let bare: String =
        bare.chars().filter(|c| !c.is_whitespace() && *c != '*').flat_map(char::to_lowercase).collect();
    !bare.is_empty() && bare.chars().count() <= MAX_NAME && LABELS.contains(&format!(" {bare} "))
}

/// Whether a cell is a remark on the table rather than a value of one of its columns.
pub(super) fn is_remark(cell: &str) -> bool {
    let cell = cell.trim();
    ["注", "备注", "说明", "附注", "数据来源", "来源", "资料来源", "※", "＊", "*", "Note", "note", "Source"]
        .iter()
        .any(|start| {
            cell.strip_prefix(start).is_some_and(|rest| {
                matches!(*start, "※" | "＊" | "*")
                    || rest
                        .trim_start_matches(|c: char| c.is_ascii_digit())
                        .starts_with(['：', ':', '.', '、'])
            })
        })
        || cell.chars().count() > 20 && cell.contains(['。', '；', '，', '：'])
}

/// Whether a cell that stands alone in its row begins a group of rows: 一、理工类, （二）文史类.
pub(super) fn is_group(cell: &str) -> bool {
    let cell = cell.trim().trim_start_matches(['（', '(']);
    let number = cell.chars().take_while(|c| "一二三四五六七八九十".contains(*c)).count();
    number > 0
        && cell.chars().nth(number).is_some_and(|c| "、.．）) ".contains(c))
        && cell.chars().count() <= MAX_NAME
}

const ASKING: [&str; 28] = [
    "怎么",
    "怎样",
    "咋",
    "如何",
    "什么",
    "啥",
    "哪",
    "吗",
    "几时",
    "几点",
    "几天",
    "几个",
    "几次",
    "多少",
    "多久",
    "多长",
    "多大",
    "是否",
    "能否",
    "可否",
    "能不能",
    "可不可以",
    "有没有",
    "为何",
    "谁",
    "何时",
    "要不要",
    "是不是",
];
const ASKING_FIRST: [&str; 14] = [
    "what", "how", "why", "when", "where", "who", "which", "can ", "do ", "does", "is ", "are ", "could",
    "should",
];

/// Whether a cell reads like a question.
pub(in crate::knowledge::document) fn is_question(cell: &str) -> bool {
    let cell = cell.trim();
    if cell.chars().count() > 200 {
        return false;
    }
    let first = cell.get(..6).or_else(|| cell.get(..5)).unwrap_or_default().to_ascii_lowercase();
    cell.ends_with(['？', '?'])
        || ASKING.iter().any(|word| cell.contains(word)) && !cell.contains('。')
        || ASKING_FIRST.iter().any(|word| first.starts_with(word)) && !cell.ends_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_apart() {
        for cell in [
            "600",
            "1,234.5",
            "15.5%",
            "￥5,500元",
            "2025-07-01",
            "2025年7月1日",
            "09:30",
            "010-11112222",
            "60人",
            "-3",
        ] {
            assert_eq!(kind(cell), Kind::Number, "{cell}");
        }
        for cell in ["甲大学", "本科批", "列1", "列100", "A座201室的办公室", "第一步", "值0-0"]
        {
            assert_eq!(kind(cell), Kind::Text, "{cell}");
        }
        assert_eq!((kind("2024年 位次"), kind("5500 元")), (Kind::Text, Kind::Number));
        assert_eq!(
            (unit("1月"), unit("5G"), unit("600"), unit("8:00-9:00")),
            (Some("月"), Some("G"), None, None)
        );
        assert!(is_year("2024") && is_year("2024年") && !is_year("600"));
        assert!(is_label("联系电话：") && is_label("学费（元）") && !is_label("张三"));
        assert!(is_remark("备注：2025年数据") && is_remark("注1：含税") && !is_remark("注册会计师"));
        assert!(is_group("一、理工类") && is_group("（二）文史类") && !is_group("一本线"));
        assert!(is_question("你是谁？") && is_question("如何报名") && !is_question("登录官网报名。"));
    }
}
