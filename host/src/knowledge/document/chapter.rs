//! Headings of texts that mark none: 第一章 总则, 第一条, 一、报名条件.

/// A line that is a heading, or begins with one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Chapter<'a> {
    /// 1 is outermost.
    pub(super) level: u8,
    pub(super) heading: String,
    /// What of the line is text below the heading.
    pub(super) rest: &'a str,
}

/// Characters of a heading.
const MAX_HEADING: usize = 40;
/// Fewest lines that make chapters of such lines: one may stand in a sentence.
const FEWEST: usize = 2;

/// Whether a text has chapters.
pub(super) fn has_chapters(text: &str) -> bool {
    text.lines().filter(|line| chapter(line).is_some()).take(FEWEST).count() == FEWEST
}

pub(super) fn chapter(line: &str) -> Option<Chapter<'_>> {
    let line = line.trim();
    let is_short = || {
        line.chars().count() <= MAX_HEADING
            && !line.ends_with(['。', '；', '，', '、', ',', ';', '！', '？', '：', ':'])
            && !line.contains("....")
            && !line.contains("……")
            && !line.contains('\t')
    };
    let heading = || line.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_number = |c: char| {
        "一二三四五六七八九十百千零〇两".contains(c) || c.is_ascii_digit() || ('０'..='９').contains(&c)
    };
    let Some(numbered) = line.strip_prefix('第') else {
        let rest = line.trim_start_matches(|c| "一二三四五六七八九十".contains(c));
        let is_item =
            rest.len() < line.len() && rest.starts_with('、') && is_short() && line.chars().count() <= 25;
        return (is_item && !rest.contains(['，', '；'])).then(|| Chapter {
            level: 5,
            heading: heading(),
            rest: "",
        });
    };
    let numbered = numbered.trim_start();
    let after = numbered.trim_start_matches(is_number);
    let digits = numbered.chars().count() - after.chars().count();
    if digits == 0 || digits > 8 {
        return None;
    }
    let after = after.trim_start();
    let unit = after.chars().next()?;
    let rest = after.get(unit.len_utf8()..)?;
    let parted =
        rest.is_empty() || rest.starts_with(|c: char| c.is_whitespace() || "：:【〔（(、".contains(c));
    match unit {
        '编' | '章' if is_short() && (parted || !rest.contains(['，', '。', '；'])) => {
            Some(Chapter { level: if unit == '编' { 1 } else { 2 }, heading: heading(), rest: "" })
        }
        '篇' | '节' | '部'
            if is_short()
                && (parted
                    || unit == '部'
                        && rest.strip_prefix('分').is_some_and(|rest| {
                            rest.is_empty() || rest.starts_with(char::is_whitespace)
                        })) =>
        {
            Some(Chapter { level: if unit == '节' { 3 } else { 1 }, heading: heading(), rest: "" })
        }
        '条' if parted => {
            let name: String =
                line.chars().take_while(|c| *c != '条').filter(|c| !c.is_whitespace()).collect();
            // 第一条【目的】: its subject is part of the heading.
            let (subject, rest) = match rest.find('】') {
                Some(end) if rest.starts_with('【') && end <= 3 * MAX_HEADING => {
                    rest.split_at(end + '】'.len_utf8())
                }
                _ => ("", rest),
            };
            let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '：' || c == ':');
            Some(Chapter { level: 4, heading: format!("{name}条{subject}"), rest })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chapters_and_articles_are_headings() {
        for (line, level, heading, rest) in [
            ("第一章 总则", 2, "第一章 总则", ""),
            ("　　第十二章　附　则", 2, "第十二章 附 则", ""),
            ("第3章总则", 2, "第3章总则", ""),
            ("第一编 通则", 1, "第一编 通则", ""),
            ("第二部分 合同", 1, "第二部分 合同", ""),
            ("第二节 投档", 3, "第二节 投档", ""),
            ("第一条 为了规范办学，制定本章程。", 4, "第一条", "为了规范办学，制定本章程。"),
            ("第一百二十条【期限】当事人可以约定。", 4, "第一百二十条【期限】", "当事人可以约定。"),
            ("一、报名条件", 5, "一、报名条件", ""),
        ] {
            assert_eq!(chapter(line), Some(Chapter { level, heading: heading.into(), rest }), "{line}");
        }
        for line in [
            "第一条消息是好的。",
            "第一节课后我们去操场",
            "第一章 总则……1",
            "第一，要努力",
            "一、符合下列条件之一的，可以报名；",
            "第一次",
        ] {
            assert_eq!(chapter(line), None, "{line}");
        }
    }
}
