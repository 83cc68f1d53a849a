//! A caption is a line above or below a table that says what the table holds: 表1 2025年录取分数线. It is said with each of the
//! table's rows, as the title rows of a CSV file are: two tables may differ in nothing but their captions.

use std::borrow::Cow;

use crate::message::MediaType;

use super::chapter;
use super::outline::is_page;
use super::plain_text::plain_text;
use super::qa::is_marked;
use super::table::{MAX_TITLE, is_quantity, is_remark, says, says_unit};

/// Characters of a line that nothing but its place shows to be a caption.
const MAX_PLAIN: usize = 40;
/// Lines above one another that are captions: 单位：元 stands below the title.
const MAX_LINES: usize = 4;
/// Bytes of the last line of a text that are looked at.
const LOOKED_AT: usize = 2000;
/// What says that the table follows, and nothing about it.
const POINTING: &[&str] = &[
    "如下表所示",
    "见下表",
    "如下表",
    "下表",
    "如下所示",
    "如下",
    "下列",
    "以下",
    "见表",
    "具体",
    "详见",
    "参见",
    "as follows",
    "below",
    "following table",
];
/// What a line about the table above it begins with.
const LOOKING_BACK: &[&str] = &["以上", "上表", "上述", "综上", "由上"];
/// What titles of tables say that they hold.
const HELD: &[&str] = &[
    "表", "标准", "一览", "名单", "情况", "统计", "计划", "安排", "明细", "清单", "目录", "汇总", "对照",
    "分布", "比较",
];
/// What lines begin with that say who made a table and when.
const MADE: &[&str] =
    &["编制", "制表", "填表", "填报", "统计", "截止", "截至", "报表", "日期", "时间", "年度", "期间", "所属"];
/// What markdown has before the number of an item: that of a list around it, a quote, or what pandoc begins captions with.
const MARKS: &[char] = &['>', '-', '*', '+', ':'];
/// What lines begin with that say how to reach somebody, whatever table is below them.
const REACHING: &[&str] = &[
    "电话", "联系", "手机", "传真", "邮箱", "邮编", "地址", "网址", "微信", "QQ", "Tel", "Phone", "Fax",
    "Email", "E-mail",
];
/// What lines begin with that ask for something, or go on with it.
const ASKING_FOR: &[char] = &['请', '并', '按', '依', '见', '如'];
/// What stands in sentences, and in names with what they say.
const MARKS_WITHIN: &[char] = &['，', '。', '；', '：', '、', ',', ';', ':', '!', '！', '?', '？'];
/// What lists begin their items with.
const BULLETS: &[char] = &['-', '*', '+', '•', '·', '●', '■', '◆', '○', '□'];

/// The captions at the end of the text above a table.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CaptionsAbove<'t> {
    /// The text without the lines that are captions and nothing else.
    pub(super) text: &'t str,
    /// The captions, from top to bottom.
    pub(super) titles: Vec<String>,
}

/// What of a text says what the table right below it holds. `has_chapters`: whether lines such as 第一章 head what is below them.
pub(super) fn above(text: &str, media_type: MediaType, has_chapters: bool) -> CaptionsAbove<'_> {
    above_from(text, None, media_type, has_chapters)
}

/// The same of a text whose last paragraph begins at `from`, where that is known.
pub(super) fn above_from(
    text: &str,
    from: Option<usize>,
    media_type: MediaType,
    has_chapters: bool,
) -> CaptionsAbove<'_> {
    let from = from.filter(|&from| !text.get(from..).is_some_and(is_title_in_lines));
    let mut titles = Vec::new();
    let mut rest = text;
    for _ in 0..MAX_LINES {
        let lines = LastLines::last(rest, from, media_type);
        let words = lines.words();
        if words.is_empty() || has_chapters && chapter::chapter(&words).is_some() {
            break;
        }
        // A day in a sentence is a part of it.
        let may_stand_aside = || !lines.goes_on() || parts(&words).iter().any(|part| says_unit(part));
        let is_aside = is_aside(&words) && may_stand_aside() || tells_of(&words) && lines.is_below_title();
        if !is_aside && !may_name(&words) {
            break;
        }
        if is_aside {
            titles.push(lines.numbered(&words));
            rest = lines.before;
        } else if lines.is_title(&words) {
            titles.push(lines.numbered(trimmed(&words)));
            // A line among others may be part of what they say.
            if is_telling(&words) || lines.before.trim().is_empty() {
                rest = lines.before;
            }
            break;
        } else {
            titles.extend(introduction(&words));
            break;
        }
    }
    titles.reverse();
    CaptionsAbove { text: rest.trim_end(), titles }
}

/// A text's last line, or the last paragraph of markdown.
struct LastLines<'t> {
    before: &'t str,
    last: &'t str,
    /// Where the last paragraph begins, where that is known.
    from: Option<usize>,
    media_type: MediaType,
}

impl<'t> LastLines<'t> {
    fn last(text: &'t str, from: Option<usize>, media_type: MediaType) -> Self {
        let text = text.trim_end();
        let at = text.rfind('\n').map_or(0, |at| at + 1);
        let (before, last) = text.split_at(at);
        Self { before, last, from, media_type }
    }

    /// What the line reads like; nothing where it is too long to be looked at.
    fn words(&self) -> String {
        let words: Cow<'_, str> = match self.media_type {
            _ if self.last.len() > LOOKED_AT => return String::new(),
            // A line of a fence or of a rule names nothing.
            MediaType::Markdown if self.last.trim_start().starts_with(['`', '~']) => return String::new(),
            // Pandoc writes `: …` above a table as well as below it.
            MediaType::Markdown => plain_text(self.last.trim_start_matches(": ")).into(),
            MediaType::Plain => self.last.into(),
        };
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Its words with the number of the list's item that it is, which markdown's words are without: the line may be left out for them.
    fn numbered(&self, words: &str) -> String {
        if self.media_type == MediaType::Plain {
            return words.to_owned();
        }
        let mut line = self.last.trim_start();
        while let Some(rest) = line.strip_prefix(MARKS)
            && (line.starts_with('>') || rest.starts_with([' ', '\t']))
        {
            line = rest.trim_start();
        }
        let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number = line.get(..digits + 1).filter(|number| digits > 0 && number.ends_with(['.', ')']));
        match number {
            Some(number) if !words.starts_with(number) => format!("{number} {words}"),
            _ => words.to_owned(),
        }
    }

    /// Whether a title stands right above it, or what stands below titles.
    fn is_below_title(&self) -> bool {
        let above = LastLines::last(self.before, self.from, self.media_type);
        let words = above.words();
        is_aside(&words) || may_name(&words) && above.is_title(&words)
    }

    /// Whether it goes on with the line above it: in markdown an empty line ends a paragraph, elsewhere each line is one where nobody
    /// says where the paragraph begins.
    fn goes_on(&self) -> bool {
        match self.media_type {
            MediaType::Markdown => {
                self.before.lines().next_back().is_some_and(|line| !line.trim().is_empty())
            }
            MediaType::Plain => self.from.is_some_and(|from| from < self.before.len()),
        }
    }

    /// Whether the line is one of several items of a list.
    fn is_item(&self) -> bool {
        let above = self.before.trim_end().lines().next_back().unwrap_or_default();
        is_item(self.last) && is_item(above)
    }

    /// Whether it is a title and nothing else.
    fn is_title(&self, words: &str) -> bool {
        if names_table(words) {
            return true;
        }
        let name = trimmed(words);
        let is_phrase = !name
            .ends_with(['。', '；', '，', '、', '！', '？', '…', ';', ',', '.', '!', '?', '：', ':'])
            && !name.contains(['。', '；']);
        // 答案： stands before an answer, which may be the table.
        let is_phrase = is_phrase && !is_marked(words);
        let is_bare = is_phrase && name.chars().count() <= MAX_PLAIN && !says(name) && tells(name);
        is_bare && (!self.goes_on() || self.begins_anew(name)) && !self.is_item()
    }

    /// Whether it is called as tables are, below a sentence that has ended: it is no part of that one.
    fn begins_anew(&self, name: &str) -> bool {
        let above = self.before.trim_end().trim_end_matches(['”', '"', '）', ')', '*']);
        let points = POINTING.iter().any(|word| name.contains(word)) || name.starts_with(ASKING_FOR);
        above.ends_with(['。', '！', '？', '!', '?'])
            && is_held(name)
            && !name.contains(MARKS_WITHIN)
            && !points
    }
}

/// Whether a paragraph is a title that was set in several lines: 附件1, 学费标准, （2025年）. All are short, none but the last has a mark of a
/// sentence or a list, and one says what tables hold, above nothing but what stands below titles.
fn is_title_in_lines(paragraph: &str) -> bool {
    let lines: Vec<&str> = paragraph.trim().lines().map(str::trim).collect();
    let Some((_, above)) = lines.split_last().filter(|(_, above)| !above.is_empty()) else { return false };
    let is_below_title =
        |line: &&&str| is_aside(line) || line.starts_with(['（', '(']) && line.ends_with(['）', ')']);
    lines.len() <= MAX_LINES
        && lines.iter().all(|line| (1..=MAX_PLAIN).contains(&line.chars().count()))
        && !above.iter().any(|line| line.contains(MARKS_WITHIN))
        && lines.iter().rev().find(|line| !is_below_title(line)).is_some_and(|line| is_held(line))
        && lines.iter().filter(|line| is_held(line) && !names_table(line)).count() < 2
}

/// Whether a line ends with what tables hold: 2025年学费标准, 专业目录（本科）.
fn is_held(line: &str) -> bool {
    let name = line.split(['（', '(']).next().unwrap_or_default().trim();
    HELD.iter().any(|word| name.ends_with(word) || line.trim_end_matches(['）', ')']).ends_with(word))
}

/// Whether a line is hardly anything else than a table's title: it counts, announces, or says what tables hold.
fn is_telling(words: &str) -> bool {
    words.contains(|c: char| c.is_ascii_digit())
        || words.ends_with(['：', ':'])
        || HELD.iter().any(|word| words.contains(word))
}

/// Whether a line begins as those do that name tables: 表1, 附表2-1, 续表, Table 4.
pub(super) fn names_table(line: &str) -> bool {
    let line = line.trim().trim_start_matches(['【', '（', '(', '[', '《', '<']);
    if line.trim_end_matches(['）', ')', '】', '：', ':']) == "续表" {
        return true;
    }
    let rest = ["附表", "续表", "表格", "表"].iter().find_map(|word| line.strip_prefix(word)).or_else(|| {
        let (word, rest) = line.split_at_checked(5)?;
        (word.eq_ignore_ascii_case("table") && rest.starts_with([' ', '\u{a0}', ':'])).then_some(rest)
    });
    let Some(rest) = rest else { return false };
    let rest = rest.trim_start();
    let after =
        rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "一二三四五六七八九十".contains(c));
    let number = rest.len() - after.len();
    let is_sentence = line.ends_with(['。', '；', '，', '！', '？']) || line.contains('。');
    let is_marked = number > 0 && number <= 12 || rest.starts_with(['：', ':']);
    is_marked && !is_sentence && line.chars().count() <= 2 * MAX_TITLE
}

/// The caption of a table of markdown that ends at `at`, where one stands below it as a paragraph of its own, and where that ends: 表1 …, or what
/// pandoc writes, Table: … and : …
pub(super) fn below(text: &str, at: usize) -> Option<(String, usize)> {
    let below = text.get(at..)?;
    let blank = below.len() - below.trim_start_matches(['\n', ' ']).len();
    let line = below.get(blank..)?.lines().next()?;
    let end = at + blank + line.len();
    let after = text.get(end..)?;
    let is_alone =
        after.trim().is_empty() || after.strip_prefix('\n').is_some_and(|after| after.starts_with('\n'));
    let by_pandoc = line.strip_prefix("Table:").or_else(|| line.strip_prefix(": "));
    // Above another table it is that one's.
    let is_above = after.trim_start().starts_with(['|', '<']);
    let is_one = by_pandoc.is_some() || names_table(line) && !is_above;
    (is_one && is_alone).then(|| (plain_text(by_pandoc.unwrap_or(line)).trim().to_owned(), end))
}

/// Whether a title says that its table goes on with the one before: 续表1, 表1（续）.
pub(super) fn goes_on(title: &str) -> bool {
    title.starts_with("续表") || ["（续", "(续"].iter().any(|mark| title.contains(mark))
}

/// Whether a caption is that of a picture: 图1, Figure 2.
pub(super) fn names_picture(line: &str) -> bool {
    let line = line.trim().to_ascii_lowercase();
    ["图", "照片", "圖", "figure", "fig.", "chart", "photo"].iter().any(|word| line.starts_with(word))
}

/// Whether a line between a title and its table says in what the table counts, who made it and when: 单位：元,
/// 编制单位：甲大学 2024年12月31日 单位：万元.
fn is_aside(words: &str) -> bool {
    let is_date =
        |part: &str| is_quantity(part) && (part.contains('年') || part.matches(['-', '/']).count() == 2);
    let parts = parts(words);
    let counts = parts.iter().any(|part| says_unit(part));
    let mut says_one = false;
    let mut is_part = |part: &String| {
        let is_unit = says_unit(part) || part.starts_with("单位") && says(part);
        let is_made =
            says(part) && MADE.iter().any(|start| part.trim_start_matches(['（', '(']).starts_with(start));
        says_one |= is_unit || is_made;
        // 适用年级：2025级 beside 单位：元.
        is_unit || is_made || is_date(part) || counts && is_told(part)
    };
    words.chars().count() <= 2 * MAX_PLAIN && parts.iter().all(&mut is_part) && (says_one || is_date(words))
}

/// Whether a line has several parts that each name what they say, as it stands below the title that it tells of: 编号：A-01 版本：3.
fn tells_of(words: &str) -> bool {
    let parts = parts(words);
    words.chars().count() <= 2 * MAX_PLAIN
        && parts.len() > 1
        && parts.iter().all(|part| is_told(part))
        && !is_marked(words)
}

/// Whether a part says something of the table, and not whom to ask.
fn is_told(part: &str) -> bool {
    says(part) && !REACHING.iter().any(|start| part.starts_with(start))
}

/// The parts of a line that blanks part, a name with what it says.
fn parts(words: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for word in words.split(' ') {
        match parts.last_mut().filter(|part| part.ends_with(['：', ':'])) {
            Some(part) => part.push_str(word),
            None => parts.push(word.to_owned()),
        }
    }
    parts
}

/// Whether a line may say what is below it: it has words, and looks neither back nor at the page.
fn may_name(words: &str) -> bool {
    words.chars().any(char::is_alphabetic)
        && !is_quantity(words)
        && !is_page(words)
        && !LOOKING_BACK.iter().any(|start| words.starts_with(start))
        && (!is_remark(words) || words.ends_with(['：', ':']) || words.chars().count() > 20)
}

/// The words of a caption without the colon that announces the table.
fn trimmed(words: &str) -> &str {
    words.trim_end_matches(['：', ':', ' '])
}

/// Whether words say more than that a table follows.
fn tells(words: &str) -> bool {
    let left = POINTING.iter().fold(words.to_owned(), |left, word| left.replace(word, ""));
    left.chars().filter(|c| c.is_alphanumeric()).count() > 1
}

/// The sentences at the end of a paragraph that announce the table, as many as a title may be long.
fn introduction(words: &str) -> Option<String> {
    let is_end = |c: char| matches!(c, '。' | '；' | '！' | '？' | '!' | '?');
    let announces = words.ends_with(['：', ':', '？', '?']) || {
        let last = words.trim_end_matches(is_end);
        let at = last.rfind(is_end).unwrap_or(0);
        POINTING.iter().any(|word| last.get(at..).is_some_and(|last| last.contains(word)))
    };
    if !announces {
        return None;
    }
    let mut from = words.len();
    let mut ends: Vec<usize> =
        words.char_indices().filter(|(_, c)| is_end(*c)).map(|(at, c)| at + c.len_utf8()).collect();
    ends.pop_if(|end| *end == words.len());
    for start in ends.into_iter().rev().chain([0]) {
        // A sentence before the one that announces may name the year; more of them would be a text.
        let most = if from == words.len() { MAX_TITLE } else { MAX_PLAIN };
        if words.get(start..).is_none_or(|said| said.chars().count() > most) {
            break;
        }
        from = start;
    }
    let said = trimmed(words.get(from..)?.trim()).trim_end_matches('。');
    tells(said).then(|| said.to_owned())
}

fn is_item(line: &str) -> bool {
    let line = line.trim();
    let is_bullet = line.strip_prefix(BULLETS).is_some_and(|rest| rest.starts_with([' ', '\t']));
    let line = line.trim_start_matches(['（', '(']);
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c));
    is_bullet || rest.len() < line.len() && rest.starts_with(['.', '、', '．', ')', '）'])
}

#[cfg(test)]
mod tests;
