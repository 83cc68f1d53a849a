//! What a cell of a table looks like: a number, a name, a remark, a question.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::knowledge::fold::even;

/// Characters of a cell that may still be a column's name.
pub(super) const MAX_NAME: usize = 30;

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CellKind {
    /// Nothing, or a mark that says so.
    Empty,
    /// A number, date, share or amount, with its unit.
    Number,
    /// Anything else.
    Text,
}

pub(super) fn kind(cell: &str) -> CellKind {
    let cell = cell.trim();
    if cell.is_empty()
        || matches!(
            cell,
            "-" | "—" | "——" | "--" | "/" | "\\" | "无" | "暂无" | "N/A" | "n/a" | "null" | "NaN"
        )
    {
        return CellKind::Empty;
    }
    // G1 and A101 are names.
    if cell.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return CellKind::Text;
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
                return CellKind::Text;
            }
            units += 1;
        } else if !c.is_whitespace() && !",.，．+-−~～/:：()（）%％‰￥¥$€*".contains(c) {
            return CellKind::Text;
        }
    }
    if digits > 0 && units <= 4 && units <= digits.max(2) { CellKind::Number } else { CellKind::Text }
}

/// What a number looks like, whichever it is: 9:9-9:9 of 8:00-9:00, 9月 of 12月, 9 of 1,234.5.
pub(super) fn shape(cell: &str) -> String {
    let mut shape = String::new();
    for c in cell.trim().chars() {
        match c {
            '0'..='9' if shape.ends_with('9') => {}
            '0'..='9' => shape.push('9'),
            // Part of the number itself.
            '.' | ',' if shape.ends_with('9') => {}
            c => shape.push(c),
        }
    }
    shape
}

/// What a text looks like whose numbers, Chinese ones too, are left out of account: 第9步 of 第一步.
pub(super) fn counted(cell: &str) -> String {
    let digits = |c: char| if "一二三四五六七八九十两".contains(c) { '9' } else { c };
    shape(&cell.chars().take(MAX_NAME).map(digits).collect::<String>())
}

/// A whole number without a unit.
pub(super) fn whole(cell: &str) -> Option<i64> {
    let cell = cell.trim();
    (!cell.is_empty() && cell.len() < 10).then(|| cell.parse().ok()).flatten()
}

/// Whether it is a number, a day or an amount that names nothing.
pub(in crate::knowledge::document) fn is_quantity(cell: &str) -> bool {
    kind(cell) == CellKind::Number && !is_year(cell)
}

/// Whether it says that its row adds up others.
pub(super) fn is_total(cell: &str) -> bool {
    let cell: String = cell.split_whitespace().collect();
    let cell = cell.trim_end_matches(['：', ':']);
    matches!(
        cell,
        "合计"
            | "总计"
            | "小计"
            | "共计"
            | "总和"
            | "平均"
            | "平均值"
            | "均值"
            | "Total"
            | "total"
            | "合計"
            | "總計"
    )
}

/// Whether it says yes or no, is a link or an address for mail: values of columns, which name none where others stand below.
pub(super) fn is_value(cell: &str) -> bool {
    let lower = cell.trim().to_lowercase();
    let is_answer = matches!(
        lower.as_str(),
        "true"
            | "false"
            | "yes"
            | "no"
            | "y"
            | "n"
            | "是"
            | "否"
            | "√"
            | "✓"
            | "✔"
            | "×"
            | "✗"
            | "✘"
            | "☑"
            | "☐"
            | "■"
            | "□"
    );
    let is_link = ["http://", "https://", "www."].iter().any(|start| lower.starts_with(start));
    let is_mail = lower.is_ascii()
        && !lower.contains(' ')
        && lower.split_once('@').is_some_and(|(_, at)| at.contains('.'));
    is_answer || is_link || is_mail
}

/// Whether it is what spreadsheets show for a formula that fails.
pub(super) fn is_failure(cell: &str) -> bool {
    let cell = cell.trim();
    matches!(cell, "#N/A" | "#REF!" | "#DIV/0!" | "#VALUE!" | "#NAME?" | "#NUM!" | "#NULL!")
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
    专业名称 专业代码 专业组 班级 年级 学号 学制 学位 学分 学时 科目 科类 批次 层次 类别 类型 种类 分类 省份 省市 城市 地区 区域 校区 生源地 年份 年度 \
    日期 时间 出生日期 出生年月 身份证号 身份证号码 证件号码 证件类型 政治面貌 毕业院校 毕业时间 入学时间 开始时间 结束时间 办公时间 办理时间 \
    办理地点 地点 序号 编号 代码 代号 号码 项目 项目名称 内容 说明 备注 描述 状态 数量 单价 价格 金额 合计 总计 总价 小计 费用 学费 住宿费 \
    收费标准 标准 分数 分数线 最低分 最高分 平均分 位次 最低位次 计划 计划数 招生计划 人数 录取人数 比例 占比 排名 名次 规格 型号 品牌 产品 产品名称 \
    商品 商品名称 参数 参数名 值 数值 取值 数据 参数值 指标 尺码 码数 身高 体重 楼层 月份 季度 周次 星期 节次 车次 站点 线路 结果 年 月 日 \
    民族 婚姻状况 健康状况 特长 爱好 家庭住址 户籍 现住址 紧急联系人 法人 法人代表 行业 规模 注册资金 开户 银行 座位 座号 考场 考点 准考证号 \
    用途 理由 事由 意见 签名 签字 盖章 标题 主题 版本 作者 来源 链接 频率 周期 级别 等级 称号 颜色 尺寸 重量 材质 产地 保质期 库存 销量 折扣 \
    关系 称谓 工作单位 科室 教室 办公室 宿舍 房间号 老师 教师 班主任 导师 学生 员工 客户 供应商 仓库 窗口 楼栋 车牌号 单位名 开户行 开户银行 账号 账户 户名 税号 法定代表人 注册资本 成立日期 经营范围 统一社会信用代码 \
    name id no no. phone tel email address date time year type category title description price amount count qty quantity score unit \
    department school college major city province country status remark remarks note notes value key item code rank url ";

static KNOWN: LazyLock<HashSet<&str>> = LazyLock::new(|| LABELS.split_whitespace().collect());

/// Words at the end of names of things that have a value: 企业名称, 报名时间. Words that end values as well, such as 学院 and 专业,
/// are none.
const LABEL_ENDS: &[&str] = &[
    "名称",
    "姓名",
    "时间",
    "日期",
    "年月",
    "地址",
    "住址",
    "地点",
    "人数",
    "性质",
    "电话",
    "手机",
    "传真",
    "邮箱",
    "网址",
    "方式",
    "金额",
    "编号",
    "号码",
    "代码",
    "账号",
    "类型",
    "类别",
    "种类",
    "标准",
    "期限",
    "年限",
    "时限",
    "时长",
    "面积",
    "数量",
    "总数",
    "总额",
    "次数",
    "天数",
    "价格",
    "单价",
    "总价",
    "费用",
    "经费",
    "预算",
    "比例",
    "占比",
    "范围",
    "状态",
    "状况",
    "情况",
    "程度",
    "资金",
    "资本",
    "规模",
    "代表人",
    "负责人",
    "联系人",
    "经办人",
    "申请人",
    "职务",
    "职称",
    "学历",
    "学位",
    "简介",
    "概况",
    "经历",
    "理由",
    "原因",
    "意见",
    "结果",
    "目的",
    "内容",
    "备注",
    "说明",
    "依据",
    "渠道",
    "对象",
    "条件",
    "形式",
    "等级",
    "级别",
    "型号",
    "规格",
    "频率",
    "周期",
    "余额",
    "税率",
    "利率",
    "汇率",
    "分数",
    "成绩",
    "位次",
    "计划数",
    "开户行",
    "档次",
    "全称",
    "简称",
    "年份",
    "邮件",
    "注册地",
    "所在地",
    "出生地",
    "生源地",
    "目的地",
    "户名",
];
/// They by their last characters, since each cell is asked whether it ends with one.
static ENDS: LazyLock<HashMap<char, Vec<&str>>> = LazyLock::new(|| {
    let mut ends: HashMap<char, Vec<&str>> = HashMap::new();
    for end in LABEL_ENDS {
        ends.entry(end.chars().next_back().unwrap_or_default()).or_default().push(end);
    }
    ends
});
/// Characters of such a name.
const MAX_LABEL: usize = 10;

/// Whether a cell is known to name others.
pub(super) fn is_label(cell: &str) -> bool {
    let cell = cell.trim();
    if cell.ends_with(['：', ':']) {
        return cell.chars().count() <= MAX_NAME;
    }
    let bare = cell.split(['（', '(']).next().unwrap_or_default();
    // Most cells are not labels, which must cost little. No label has a number in it.
    if bare.is_empty()
        || bare.bytes().any(|byte| byte.is_ascii_digit())
        || bare.chars().nth(2 * MAX_NAME).is_some()
    {
        return false;
    }
    let bare: String = even(bare).filter(|c| !c.is_whitespace() && *c != '*').collect();
    let characters = bare.chars().count();
    KNOWN.contains(bare.as_str())
        || (2..=MAX_LABEL).contains(&characters)
            && bare
                .chars()
                .next_back()
                .and_then(|last| ENDS.get(&last))
                .is_some_and(|ends| ends.iter().any(|end| bare.ends_with(end)))
            && bare.chars().all(char::is_alphabetic)
}

/// What stands before the kind of a thing in a column's name: 所在校区 above 东校区.
const BEFORE_KINDS: &str = " 所在 所属 隶属 开设 报考 报名 录取 就读 办学 招生 主管 培养 毕业 推荐 负责 承办 主办 申请 目标 意向 拟报 考试 校内 校外 \
    合作 生源 户籍 工作 开课 任课 授课 归属 面向 挂靠 依托 来源 所报 所学 实习 调剂 志愿 投档 上级 牵头 责任 对口 现 原 各 本 该 ";

/// The commonest family names.
const FAMILIES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付    傅方邹熊白孟秦邱侯江尹薛闫雷龙史陶贺毛段郝顾龚邵覃武钱戴严莫孔常汤康施洪欧";

/// Whether a cell looks like the name of a person: 张三.
pub(super) fn is_person(cell: &str) -> bool {
    let mut characters = cell.trim().chars();
    let is_family = characters.next().is_some_and(|first| FAMILIES.contains(first));
    let given = characters.clone().count();
    is_family
        && (1..=2).contains(&given)
        && characters.all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
        && !is_label(cell)
}

/// Whether a cell is a thing of the same kind as those below it, and so no name of theirs: 甲大学 above 乙大学.
pub(super) fn is_of_their_kind(cell: &str, below: &[&str]) -> bool {
    let last_two = cell.char_indices().rev().nth(1).map_or(0, |(at, _)| at);
    let (before, kind) = cell.split_at(last_two);
    // Two letters tell no kind: Day above Monday names it.
    let is_end = |other: &&str| other.to_lowercase().ends_with(&cell.to_lowercase());
    below.len() > 1
        && !before.is_empty()
        && !(cell.is_ascii() && below.iter().all(is_end))
        && kind.chars().all(char::is_alphabetic)
        && !BEFORE_KINDS.contains(&format!(" {before} "))
        && below.iter().all(|other| other.len() > kind.len() && other.ends_with(kind) && *other != cell)
}

/// Ends of names of what is counted or measured: 床位数, 录取率.
const MEASURES: &[char] = &[
    '数', '率', '额', '价', '费', '量', '值', '比', '重', '长', '宽', '高', '度', '期', '次', '号', '分',
    '龄', '距', '薪', '资', '款', '税',
];

/// Whether a cell names what numbers say.
pub(super) fn is_measure(cell: &str) -> bool {
    let bare = cell.trim().split(['（', '(']).next().unwrap_or_default().trim_end();
    !is_placeholder(bare) && (is_label(cell) || bare.chars().count() > 1 && bare.ends_with(MEASURES))
}

/// Words that stand in the place of a number, and beginnings of such: 待定, 免费, 见附件.
const PLACEHOLDERS: &[&str] = &[
    "待定",
    "另定",
    "未定",
    "不定",
    "不限",
    "不含",
    "不详",
    "不适用",
    "若干",
    "面议",
    "缺考",
    "缓考",
    "同上",
    "详见",
    "合格",
    "不合格",
    "及格",
    "不及格",
    "自费",
    "公费",
    "停招",
    "待",
    "停",
    "见",
    "无",
    "免",
    "优",
    "良",
    "中",
    "差",
    "是",
    "否",
    "有",
    "N/A",
    "n/a",
    "TBD",
];

/// Whether a cell says in words why no number stands there: 待定, 免费.
pub(super) fn is_placeholder(cell: &str) -> bool {
    let cell = cell.trim();
    // Six characters of three bytes at most.
    cell.len() <= 18
        && (PLACEHOLDERS.iter().any(|word| cell == *word || word.len() > 3 && cell.starts_with(word))
            || cell.starts_with(['免', '暂', '未', '另', '详']))
}

/// Whether a cell is a remark on the table rather than a value of one of its columns.
pub(in crate::knowledge::document) fn is_remark(cell: &str) -> bool {
    let cell = cell.trim();
    starts_as_remark(cell) || cell.chars().count() > 20 && cell.contains(['。', '；', '，', '：'])
}

fn starts_as_remark(cell: &str) -> bool {
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
}

/// Whether a line over a table's columns says something of the table, rather than naming the rows below it: it is a sentence, looks back,
/// or is marked as a remark. 说明：以下为专科 names them as well.
pub(super) fn is_note(cell: &str) -> bool {
    let cell = cell.trim();
    let is_sentence = cell.ends_with(['。', '；', '！', '，']) || cell.contains('。');
    let looks_back =
        ["以上", "上表", "上述", "综上", "本表", "表中"].iter().any(|start| cell.starts_with(start));
    is_sentence || looks_back || starts_as_remark(cell) && !cell.contains("以下")
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
mod tests;
