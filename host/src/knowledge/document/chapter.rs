//! A chapter is a line that heads what stands below it, in texts that mark no headings: 第一章 总则, 第一条, 一、报名条件, 附件1.

/// A line that is a heading, or begins with one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Chapter<'a> {
    /// The heading's level; 1 is the outermost.
    pub(super) level: u8,
    pub(super) heading: String,
    /// What of the line is text below the heading.
    pub(super) rest: &'a str,
}

/// The levels of headings: an annex belongs to no chapter, and tables and pictures may belong to an annex.
const PART: u8 = 1;
const CHAPTER: u8 = 2;
pub(super) const SECTION: u8 = 3;
pub(super) const ARTICLE: u8 = 4;
pub(super) const ITEM: u8 = 5;
/// How many levels there are, with a level 0 that nothing has.
pub(super) const LEVELS: usize = 6;

/// Characters of a heading.
const MAX_HEADING: usize = 40;
/// Characters of 一、报名条件; a longer one is an item of a list.
const MAX_ITEM: usize = 25;
/// Characters of a number: 一千二百六十条 has six before its unit.
const MAX_NUMBER: usize = 8;
/// Fewest lines that make chapters of such lines: one may stand in a sentence.
const FEWEST: usize = 2;

/// Whether a text has chapters down to this level.
pub(super) fn has_chapters<'a>(lines: impl Iterator<Item = &'a str>, deepest: u8) -> bool {
    let is_chapter = |line: &&str| chapter(line).is_some_and(|chapter| chapter.level <= deepest);
    lines.filter(is_chapter).take(FEWEST).count() == FEWEST
}

/// The chapter that a line heads.
pub(super) fn chapter(line: &str) -> Option<Chapter<'_>> {
    let line = line.trim();
    if let Some(rest) = line.strip_prefix('第') {
        numbered(line, rest.trim_start())
    } else if let Some(rest) = line.strip_prefix('附') {
        annex(line, rest)
    } else {
        item(line)
    }
}

fn is_number(c: char) -> bool {
    "一二三四五六七八九十百千零〇两".contains(c) || c.is_ascii_digit() || ('０'..='９').contains(&c)
}

/// What may stand between a number and what it names.
fn is_separator(c: char) -> bool {
    c.is_whitespace() || "：:、.．".contains(c)
}

fn is_short(line: &str) -> bool {
    line.chars().count() <= MAX_HEADING
        && !line.ends_with(['。', '；', '，', '、', ',', ';', '！', '？', '：', ':'])
        && !has_leader(line)
        && !line.contains('\t')
}

/// Whether dots lead to a page's number, as in a table of contents.
fn has_leader(line: &str) -> bool {
    line.contains("....") || line.contains("……")
}

/// A line as a heading: its words parted by single spaces.
fn whole(level: u8, line: &str) -> Chapter<'_> {
    let heading = line.split_whitespace().collect::<Vec<_>>().join(" ");
    Chapter { level, heading, rest: "" }
}

/// Reads a line such as 一、报名条件.
fn item(line: &str) -> Option<Chapter<'_>> {
    let rest = line.trim_start_matches(|c| "一二三四五六七八九十".contains(c));
    let is_item = rest.len() < line.len()
        && rest.starts_with('、')
        && is_short(line)
        && line.chars().count() <= MAX_ITEM
        && !rest.contains(['，', '；']);
    is_item.then(|| whole(ITEM, line))
}

/// 第一章 总则, 第十二条之二 …; `rest` is the line after 第.
fn numbered<'a>(line: &'a str, rest: &'a str) -> Option<Chapter<'a>> {
    let after = rest.trim_start_matches(is_number);
    let digits = rest.chars().count() - after.chars().count();
    if digits == 0 || digits > MAX_NUMBER {
        return None;
    }
    let after = after.trim_start();
    let unit = after.chars().next()?;
    let rest = inserted(after.get(unit.len_utf8()..)?);
    let is_parted = rest.is_empty() || rest.starts_with(|c| is_separator(c) || "【〔（(".contains(c));
    let is_name = || is_parted || !rest.contains(['，', '。', '；']);
    let is_part = || {
        let rest = rest.strip_prefix('分');
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
    };
    match unit {
        '编' if is_short(line) && is_name() => Some(whole(PART, line)),
        '章' if is_short(line) && is_name() => Some(whole(CHAPTER, line)),
        '篇' if is_short(line) && is_parted => Some(whole(PART, line)),
        '节' if is_short(line) && is_parted => Some(whole(SECTION, line)),
        '部' if is_short(line) && (is_parted || is_part()) => Some(whole(PART, line)),
        '条' if is_parted && !refers(rest) => {
            let name = line.get(..line.len() - rest.len())?;
            let name: String = name.chars().filter(|c| !c.is_whitespace()).collect();
            // 第一条【目的】: its subject is part of the heading.
            let (subject, rest) = match rest.find('】') {
                Some(end) if rest.starts_with('【') && end <= 3 * MAX_HEADING => {
                    rest.split_at(end + '】'.len_utf8())
                }
                _ => ("", rest),
            };
            let rest = rest.trim_start_matches(is_separator);
            Some(Chapter { level: ARTICLE, heading: format!("{name}{subject}"), rest })
        }
        _ => None,
    }
}

/// What follows the 之二 of 第十二条之二, which was put in after 第十二条.
fn inserted(rest: &str) -> &str {
    let Some(number) = rest.trim_start().strip_prefix('之') else { return rest };
    let after = number.trim_start_matches(is_number);
    if after.len() < number.len() { after } else { rest }
}

/// Whether what follows an article's number makes it one that is spoken of: 第三条、第四条规定的, 第三条（二）项.
fn refers(rest: &str) -> bool {
    let is_list = rest.strip_prefix('、').is_some_and(|rest| rest.starts_with('第'));
    let item = rest.strip_prefix(['（', '(']).map(|rest| rest.trim_start_matches(is_number));
    let item = item.and_then(|rest| rest.strip_prefix(['）', ')']));
    is_list || item.is_some_and(|rest| rest.starts_with(['项', '款', '目']))
}

/// 附件1：报名表, 附录A, 附则; `rest` is the line after 附.
fn annex<'a>(line: &'a str, rest: &'a str) -> Option<Chapter<'a>> {
    let rest = rest.trim_start();
    let kind = rest.chars().next().filter(|c| "件录表图则".contains(*c));
    let level = if matches!(kind, Some('件' | '录')) { PART } else { CHAPTER };
    let named = rest.get(kind.map_or(0, char::len_utf8)..)?;
    let after = annex_number(named.trim_start());
    // A number needs no gap behind the name, and a title needs one.
    let is_parted = after.starts_with(|c| is_separator(c) || "（(【《".contains(c))
        || named.starts_with(char::is_whitespace) && after.len() == named.trim_start().len();
    let title = after.trim_start_matches(is_separator);
    let name = line.strip_suffix(after)?;
    let name: String = name.chars().filter(|c| !c.is_whitespace()).collect();
    let says_its_name = after.starts_with(['：', ':']);
    match kind {
        // 附 alone is a word like any other.
        None if !says_its_name || title.is_empty() => None,
        Some('则') if after.len() < named.trim_start().len() || !title.is_empty() => None,
        _ if title.is_empty() => Some(Chapter { level, heading: name, rest: "" }),
        _ if !is_parted || has_leader(line) => None,
        _ if is_short(line) && !title.contains(['，', '。', '；']) => Some(whole(level, line)),
        _ if says_its_name => Some(Chapter { level, heading: name, rest: title }),
        _ => None,
    }
}

/// What follows the number of an annex: 1, 一, A, 2-1, （三）. It may have none.
fn annex_number(text: &str) -> &str {
    let in_number =
        |c: char| is_number(c) || matches!(c, 'A'..='Z' | 'Ａ'..='Ｚ' | '-' | '－' | '(' | ')' | '（' | '）');
    let after = text.trim_start_matches(in_number);
    // In 附件1（略） the number ends before the bracket.
    let number = text.strip_suffix(after).unwrap_or_default().trim_end_matches(['-', '－', '(', '（']);
    let is_one = number.chars().count() <= MAX_NUMBER && number.contains(char::is_alphanumeric);
    if is_one { text.get(number.len()..).unwrap_or_default() } else { text }
}

#[cfg(test)]
mod tests;
