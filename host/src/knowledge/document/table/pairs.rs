//! A list of pairs is a table of two columns that nothing names: each row is a thing with what is to be said of it, the first one too.
//!
//! Where the first row names the columns, its right cell is called as columns are (价格, 营业时间). Where it is a pair, that cell says what
//! those below it say (包邮 above 25元), and labels of its words would be wrong in every row. Words that may be either are taken for names and
//! kept as a row as well, which a note tells.

use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

use csv::StringRecord;

use super::cell::{self, CellKind, kind};
use super::row::{filled, is_footer};

/// Characters of a name of a column in two, and words of an English one.
const MAX_NAME: usize = 10;
const MAX_WORDS: usize = 4;
/// Characters of a name of which nothing but the last one is known.
const MAX_LIKELY: usize = 6;
/// Rows from which on each is a section of its own, as the rows of any list: those of a form are found together.
pub(super) const MANY: usize = 24;

/// Names of what is told of a thing, other than labels of forms: 天气 beside 日期.
const TOLD: &str = " 项目 天气 门票 菜品 菜名 菜式 菜单 权益 权限 时效 含义 意思 意义 解释 释义 词义 寓意 定义 职责 责任 分工 任务 安排 议程 扣分 加分 得分 评分 计分 积分 \
    操作 功能 作用 用法 用量 剂量 疗程 首都 省会 都城 出处 优惠 礼品 奖品 奖项 奖励 惩罚 处罚 处理 待遇 福利 补贴 收费 计费 押金 租金 奖金 罚金 定金 步骤 流程 环节 \
    阶段 措施 对策 办法 方法 做法 建议 要求 特点 优点 缺点 区别 差异 目标 成分 原料 食材 症状 部位 口味 味道 薪资 工资 时段 时间段 班次 轮次 批号 里程 路程 距离 \
    门槛 满减门槛 上限 下限 题目 课题 答案 结论 翻译 示例 例子 首班车 末班车 发车 起点 终点 位置 方位 朝向 分机 热线 邮编 区号 容量 产量 余量 限额 额度 保额 保费 \
    邮费 运费 车费 票价 房价 单价 现价 售价 会员价 收入 支出 利润 营收 成本 用时 耗时 时速 速度 温度 湿度 气温 浓度 含量 指数 系数 参考值 默认值 正常值 目标值 \
    消耗 热量 营养 看点 亮点 卖点 用途 用处 赔付 赔偿 违规行为 行为 情形 情况 业务 符号 身份 对象 截止 供应 成因 主角 运营商 ";

/// Names of things that stand beside what is told of them. They are told of others as well: 司机 beside 张三.
const THINGS: &str = " 车型 机型 房型 户型 套餐 会员 景点 景区 疫苗 药品 药名 作物 植物 动物 快递 快递公司 故障 现象 错误 术语 词语 词汇 单词 缩写 成语 元素 语言 朝代 \
    服务 材料 资料 证件 字段 属性 事项 问题 活动 运动 疾病 病症 检查 品种 品名 品类 工种 工序 职业 节日 节气 假期 站名 站点 车站 路线 航线 区间 名单 代表 球队 \
    队伍 选手 嘉宾 主讲 主讲人 课程 场地 场馆 会议室 设备 设施 器材 配置 系统 平台 入口 网站 命令 角色 用户 中文 英文 拼音 医生 大夫 教练 司机 管家 社团 社长 \
    国家 省 市 县 镇 乡 村 街道 社区 小区 机构 公司 企业 店 馆 站 商户 商家 店铺 门店 店名 书名 歌名 片名 人名 地名 行业 领域 章节 单元 座位 库位 微信 公众号 \
    币种 票种 票类 人群 群体 年龄段 学段 段位 档位 类目 栏目 版块 模块 页面 按钮 图标 税种 部门 班级 岗位 楼栋 窗口 城区 芯片 电池 屏幕 内存 存储 摄像头 处理器 \
    接口 电压 噪音 转速 面料 款式 ";

/// Last characters of names of what is counted or told of a thing: 起步价, 发车时刻. One that is also the end of a value alone is none.
const ENDS: &str = "费价额率数量名称号码类型种期时址址别级度位人员点区段键项值比距长宽高重龄薪资金款税分表";

/// What ends as names do and says what a thing costs or is like.
const VALUES: &str = " 免费 自费 公费 付费 另付费 半价 全价 特价 时价 原价 平价 协议价 市价 议价 底价 不限量 少量 大量 适量 限量 全额 足额 差额 多数 少数 无数 高度 \
    中度 轻度 重度 高级 中级 初级 低级 一级 二级 三级 特级 优级 甲级 乙级 大型 中型 小型 微型 长期 短期 中期 定期 不定期 无限期 临时 及时 按时 实时 随时 即时 准时 \
    小时 成人 本人 他人 老人 军人 法人 个人 客人 病人 工人 男人 女人 人人 市区 郊区 城区 山区 一点 两点 三点 满分 零分 现金 全款 含税 免税 齐全 \
    有名 无名 实名 匿名 正常 超重 超长 特长 校长 院长 处长 科长 主任 队员 职员 店员 现款 整点 热点 首位 末位 个位 硕士学位 学士学位 包邮 到付 月付 年付 面议 ";

/// Beginnings of what is said of a thing rather than of names: 可携带, 不收费.
const SAID: &str = "可不有无免包需须限仅只含半全已未按由请见凭满约达至从在为是用须应若如凡每另";

/// English names of columns, by their last words.
const ENGLISH: &str = " name item items price prices cost fee fees rate rates hours time times day days date dates month year week weekday code meaning \
    description role capital country city capacity size qty quantity plan phone tel telephone event action shortcut department dept zone type value \
    field default unit units amount total number no id status level grade score points class category product model service address email title author \
    team room head floor seat limit discount note notes remark remarks comment comments detail details feature features function command option key \
    term definition language region state area distance duration period deadline weight height width length colour color age gender position speed \
    brand section chapter page percentage share ratio population contact person owner manager teacher instructor course subject topic activity \
    destination origin departure arrival route stop station line flight train carrier courier currency symbol abbreviation answer question step task \
    result reason cause solution requirement document location venue building office branch store shop dish ingredient dose medicine drug vaccine \
    symptom season temperature holiday species material quantity stock sku chest waist parameter setting property attribute metric indicator year \
    salary bonus penalty offence violation membership tier benefit benefits reward rewards gift event schedule session speaker responsibilities \
    responsibility duty duties skill skills tool example usage use purpose version platform system os device format extension port protocol warranty \
    terminal fix pressure delivery mark supported available airport error animal lifespan greeting trail word element sport exercise hotel ";

/// Left names below which names may stand: 项目 | 内容 above 品牌 | 小鹿.
const NAMES_OF_NAMES: &str = " 项目 名称 内容 参数 参数名 参数名称 指标 类别 类型 种类 费用 科目 字段 属性 事项 品类 品名 项 名 栏目 规格 材料 要素 要点 列 术语 词语 \
    item name field parameter property attribute type category setting metric indicator key term option specification ";

/// Names that say nothing but that something is told, measured or counted of what stands left. They are no values.
const GENERAL: &str = " 内容 说明 描述 含义 解释 值 取值 单位 权重 分值 占比 大小 人口 密码 类型 公式 数值 结果 备注 \
    meaning description value label type size target category tag ";

static ARE_TOLD: LazyLock<HashSet<&str>> = LazyLock::new(|| TOLD.split_whitespace().collect());
static IN_ENGLISH: LazyLock<HashSet<&str>> = LazyLock::new(|| ENGLISH.split_whitespace().collect());

/// How surely a cell is the name of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum NameLook {
    /// It is a value: 包邮, 300ml, 周一、周三.
    Value,
    /// It may be anything.
    Word,
    /// It ends as names do.
    Likely,
    /// It is a usual name, or ends with one.
    Usual,
}

/// What the first row of two columns is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FirstOfTwo {
    /// It names the columns, or they are no pairs.
    Header,
    /// It may name them: no value is in it, and none of its words is known for a name.
    Doubtful,
    /// It is a pair like those below it.
    Pair,
}

/// What the first of these rows is, which looks like the names of columns where there are others than two.
pub(super) fn first_of_two(rows: &[StringRecord]) -> FirstOfTwo {
    let Some((first, below)) = rows.split_first() else { return FirstOfTwo::Header };
    // What adds up the rows, remarks on them or signs them is none of them.
    let is_own = |row: &&StringRecord| {
        let name = row.get(0).unwrap_or_default();
        !is_footer(row)
            && !cell::is_total(name)
            && !matches!(name.trim(), "备注" | "注" | "说明" | "附注" | "来源")
    };
    let below: Vec<StringRecord> = below.iter().filter(is_own).cloned().collect();
    let asks = |row: &&StringRecord| row.get(0).is_some_and(cell::is_question);
    let may_be_pairs = !below.is_empty()
        && filled(first) == 2
        && below.iter().filter(asks).count() * 2 < below.len()
        && rows.iter().all(is_pair)
        && are_names(&below);
    if may_be_pairs { named(first, &below) } else { FirstOfTwo::Header }
}

/// Whether a row has one or two cells, and never none on the left.
fn is_pair(row: &StringRecord) -> bool {
    let is_empty = |cell: &str| cell.trim().is_empty();
    row.len() > 1 && !row.get(0).is_none_or(is_empty) && row.iter().skip(2).all(is_empty)
}

/// Whether what stands left is each another, and none of what stands right: it can name what stands beside it.
fn are_names(rows: &[StringRecord]) -> bool {
    let (left, right) = (column(rows, 0), column(rows, 1));
    let names: BTreeSet<&str> = left.iter().copied().collect();
    names.len() == left.len() && !right.iter().any(|value| names.contains(value))
}

fn column(rows: &[StringRecord], at: usize) -> Vec<&str> {
    let cells = rows.iter().filter_map(|row| row.get(at)).map(str::trim);
    cells.filter(|cell| !cell.is_empty()).collect()
}

/// Whether the row names both columns of those below it.
fn named(row: &StringRecord, below: &[StringRecord]) -> FirstOfTwo {
    let cell = |at: usize| row.get(at).unwrap_or_default().trim();
    let (left, right) = (cell(0), cell(1));
    let (things, values) = (column(below, 0), column(below, 1));
    // 学院 names 信息学院, and 信息学院 is none of what a form says.
    if things.len() > 1 && things.iter().all(|thing| thing.len() > left.len() && thing.ends_with(left)) {
        return FirstOfTwo::Header;
    }
    let of_values = if is_one_of(right, &values) { NameLook::Value } else { name_look(right) };
    // 用水阶梯 names 第一阶梯 and 第二阶梯, though it ends as they do.
    let is_counted = is_name_of_counted(left, &things);
    let of_things = match name_look(left) {
        _ if has_value_marks(left) || is_one_of(left, &things) && !is_counted => NameLook::Value,
        look if is_counted || ends_with_thing(left) => look.max(NameLook::Likely),
        look => look.max(NameLook::Word),
    };
    // Manager beside Ann is a value above Teacher beside Bob.
    let are_told =
        values.iter().filter(|value| name_look(value) >= NameLook::Likely).count() * 2 >= values.len();
    if has_word(GENERAL, right) || are_sides(left, right) {
        return FirstOfTwo::Header;
    }
    if of_values == NameLook::Value || of_things == NameLook::Value && of_values < NameLook::Likely {
        return FirstOfTwo::Pair;
    }
    if of_things == NameLook::Value || are_told && of_things < NameLook::Likely {
        return FirstOfTwo::Doubtful;
    }
    let is_surely = |is: bool| if is { FirstOfTwo::Header } else { FirstOfTwo::Doubtful };
    // One row tells little of its column.
    if values.len() == 1 {
        return is_surely(of_values.max(of_things) == NameLook::Usual);
    }
    let of_names = has_word(NAMES_OF_NAMES, left);
    let are_usual = of_values == NameLook::Usual && of_things >= NameLook::Likely;
    let is_name = |thing: &&&str| {
        if are_usual {
            cell::is_label(thing) && !has_value_marks(thing)
        } else {
            name_look(thing) >= NameLook::Likely
        }
    };
    let names = things.iter().filter(is_name).count();
    // The names of a form stand below one another.
    if names * 2 >= things.len() && !are_of_a_kind(&things) {
        let is_named = of_names && of_values >= NameLook::Likely;
        return if is_named { FirstOfTwo::Header } else { FirstOfTwo::Pair };
    }
    match (of_things, of_values) {
        (_, NameLook::Usual) | (NameLook::Usual | NameLook::Likely, NameLook::Likely) => FirstOfTwo::Header,
        (_, NameLook::Likely) => is_surely(are_alike(&values)),
        // Persons, and yes and no, are what a column holds.
        _ if are_persons(&values, right) || values.iter().all(|value| cell::is_value(value)) => {
            FirstOfTwo::Header
        }
        (NameLook::Usual, _) if of_names && names == 0 || are_alike(&values) => FirstOfTwo::Header,
        // What is measured in several units is told of several things.
        _ if are_mixed(&values) => FirstOfTwo::Pair,
        _ => FirstOfTwo::Doubtful,
    }
}

/// Whether two names say the same of two sides: 上午 and 下午, 甲方 and 乙方, 调整前 and 调整后, 可报销 and 不可报销. 颜色 and 红色
/// do not.
fn are_sides(one: &str, other: &str) -> bool {
    const SIDES: &str = "上下左右前后内外新旧原现甲乙主客买卖男女进出收支正反公私";
    const SAID_BEFORE: &str = "不未非无有可能已允许禁止";
    let bare = |name: &str| name.trim_start_matches(|c| SAID_BEFORE.contains(c)).to_owned();
    let length = one.chars().count();
    let two = || one.chars().zip(other.chars());
    let begin_alike = two().take_while(|(one, other)| one == other).count() * 2 >= length;
    let are_opposite =
        two().all(|(one, other)| one == other || [one, other].iter().all(|c| SIDES.contains(*c)));
    one != other
        && ![one, other].iter().any(|name| name.is_ascii() || has_value_marks(name))
        && (length == other.chars().count() && (begin_alike || are_opposite)
            || !bare(one).is_empty() && bare(one) == bare(other))
}

/// Whether a name without a number stands above things that each have one.
fn is_name_of_counted(name: &str, things: &[&str]) -> bool {
    let is_counted = |cell: &str| cell::counted(cell).contains('9');
    things.len() > 1 && !is_counted(name) && things.iter().all(|thing| is_counted(thing))
}

/// Whether a cell ends with what things are called.
fn ends_with_thing(cell: &str) -> bool {
    let mut ends = cell.char_indices().map(|(at, _)| cell.get(at..).unwrap_or_default());
    ends.any(|end| end.chars().count() > 1 && has_word(THINGS, end))
}

/// Whether all of these end alike, as 一年级 and 二年级 do.
fn are_of_a_kind(things: &[&str]) -> bool {
    let ends: BTreeSet<Option<char>> = things.iter().map(|thing| thing.chars().next_back()).collect();
    things.len() > 2 && ends.len() == 1
}

/// Whether a cell has a number in it, or marks that names have not: 满100元, 高血压、冠心病.
fn has_value_marks(cell: &str) -> bool {
    !cell::is_year(cell)
        && cell.contains(|c: char| c.is_ascii_digit() || "，。；：！？、,;:!?《》“”\"%￥$+~～→".contains(c))
}

/// How a cell looks as the name of a column.
fn name_look(cell: &str) -> NameLook {
    let cell = cell.trim();
    let bare = cell.split(['（', '(', '/', '／']).next().unwrap_or_default().trim();
    if cell::is_year(cell) {
        return NameLook::Likely;
    }
    if bare.is_empty()
        || kind(bare) != CellKind::Text
        || has_value_marks(bare)
        || cell::is_value(bare)
        || cell::is_placeholder(bare)
    {
        return NameLook::Value;
    }
    if has_word(VALUES, bare) {
        // 时价 is a price, and the name of one below 名称.
        return if bare.ends_with('价') { NameLook::Word } else { NameLook::Value };
    }
    if bare.is_ascii() {
        return english_look(bare);
    }
    let is_question = bare.starts_with("是否");
    if is_question || cell::is_label(bare) {
        return NameLook::Usual;
    }
    if ARE_TOLD.contains(bare) {
        return NameLook::Usual;
    }
    let length = bare.chars().count();
    // 有效期, 含糖量 and 每人用量 are names, whatever they begin with.
    let is_measured = length > 2 && bare.ends_with(|c: char| ENDS.contains(c));
    if length > MAX_NAME || length > 1 && bare.starts_with(|c: char| SAID.contains(c)) && !is_measured {
        return NameLook::Value;
    }
    let mut ends = bare.char_indices().map(|(at, _)| bare.get(at..).unwrap_or_default());
    let is_likely = has_word(THINGS, bare)
        || ends.any(|end| ARE_TOLD.contains(end))
        || (2..=MAX_LIKELY).contains(&length) && bare.ends_with(|c: char| ENDS.contains(c));
    if is_likely { NameLook::Likely } else { NameLook::Word }
}

fn english_look(cell: &str) -> NameLook {
    let lower = cell.to_lowercase();
    let last = lower.split_whitespace().next_back().unwrap_or_default().trim_end_matches('.');
    let words = lower.split_whitespace().count();
    if words > MAX_WORDS {
        NameLook::Value
    } else if !IN_ENGLISH.contains(last) {
        NameLook::Word
    } else if words == 1 {
        NameLook::Usual
    } else {
        NameLook::Likely
    }
}

fn has_word(words: &str, cell: &str) -> bool {
    !cell.contains(' ') && words.contains(&format!(" {} ", cell.to_lowercase()))
}

/// Whether a cell is one more of those below it: a person above persons, 周一 above 周二, 一楼 above 二楼, 内科 above 外科.
fn is_one_of(cell: &str, below: &[&str]) -> bool {
    let most = |is: &dyn Fn(&str) -> bool| {
        let count = below.iter().filter(|other| is(other)).count();
        !below.is_empty() && count * 2 >= below.len()
    };
    let shape = cell::counted(cell);
    let is_weekday = |cell: &str| {
        ["周", "星期", "礼拜"].iter().any(|start| {
            cell.strip_prefix(start)
                .is_some_and(|rest| rest.starts_with(|c: char| "一二三四五六日天末".contains(c)))
        })
    };
    cell::is_person(cell) && most(&|other| cell::is_person(other))
        || cell::is_of_their_kind(cell, below)
        || shape.contains('9') && most(&|other| cell::counted(other) == shape)
        || is_weekday(cell) && most(&is_weekday)
}

/// Whether all of these are numbers of one unit, but for what stands in the place of one: what a column measures.
fn are_alike(values: &[&str]) -> bool {
    let unit = |value: &str| -> String {
        let behind = value.chars().skip_while(|c| !c.is_ascii_digit());
        behind.filter(|c| c.is_alphabetic() || "%％℃".contains(*c)).collect()
    };
    let has_digit = |value: &&&str| value.contains(|c: char| c.is_ascii_digit());
    let numbers: Vec<String> = values.iter().filter(has_digit).map(|value| unit(value)).collect();
    let units: BTreeSet<&String> = numbers.iter().collect();
    let stand_ins =
        values.iter().filter(|value| cell::is_placeholder(value) || kind(value) == CellKind::Empty).count();
    !numbers.is_empty() && units.len() == 1 && numbers.len() + stand_ins == values.len()
}

/// Whether some of these are numbers, but not of one unit: 6.7英寸, 5000mAh.
fn are_mixed(values: &[&str]) -> bool {
    values.iter().any(|value| value.contains(|c: char| c.is_ascii_digit())) && !are_alike(values)
}

/// Whether these are persons, which the word above them is not.
fn are_persons(values: &[&str], name: &str) -> bool {
    !cell::is_person(name)
        && values.iter().filter(|value| cell::is_person(value)).count() * 10 >= values.len() * 8
}

#[cfg(test)]
mod tests;
