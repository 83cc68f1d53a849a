//! A template that does not parse, taken apart at its tags, so that each one that is wrong is told and not the first alone.

use std::borrow::Cow;

use nearest::nearest;

/// Words a tag begins with.
const WORDS: [&str; 18] = [
    "autoescape",
    "do",
    "elif",
    "else",
    "endautoescape",
    "endfilter",
    "endfor",
    "endif",
    "endraw",
    "endset",
    "endwith",
    "filter",
    "for",
    "if",
    "include",
    "raw",
    "set",
    "with",
];
/// What other template languages begin a tag with.
const ELSEWHERE: [(&str, &str); 8] = [
    ("assign", "set"),
    ("case", "if"),
    ("elseif", "elif"),
    ("elsif", "elif"),
    ("each", "for"),
    ("end", "endif"),
    ("foreach", "for"),
    ("unless", "if"),
];
/// How a tag begins, and how it ends.
const BRACES: [(&str, &str); 3] = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")];
/// The word of the tag that ends what is no template.
const END_OF_RAW: &str = "endraw";
/// Mistakes at most that are told of one template.
pub const MOST: usize = 20;

/// One tag, such as `{{ question }}`.
#[derive(Debug, Clone, Copy)]
pub struct Tag<'a> {
    /// Where it begins in the template.
    pub at: usize,
    /// All of it, from brace to brace.
    pub text: &'a str,
}

/// A mistake in a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The line of the template, from 1.
    pub line: usize,
    /// The character of that line, from 1.
    pub column: usize,
    /// The cause and the mend.
    pub message: String,
}

/// What is wrong with a template's tags, and the template as it was meant.
#[derive(Debug, PartialEq, Eq)]
pub struct Read {
    /// The template in which nothing stands where something was wrong, with as many lines; it may still not parse.
    pub source: String,
    /// In the order of the template.
    pub wrong: Vec<Mistake>,
}

impl<'a> Tag<'a> {
    /// Its first two characters.
    #[must_use]
    pub fn opens(&self) -> &'a str {
        &self.text[..2]
    }

    /// What stands between its braces.
    #[must_use]
    pub fn inside(&self) -> &'a str {
        let inside = &self.text[2..self.text.len() - 2];
        inside.trim_start_matches(['-', '+']).trim_end_matches(['-', '+']).trim()
    }
}

/// Every tag of a template, and where one begins that is not closed: all that follows belongs to it.
#[must_use]
pub fn all(source: &str) -> (Vec<Tag<'_>>, Option<usize>) {
    let (mut tags, mut scan) = (Vec::new(), Scan::of(source));
    while let Some(found) = scan.next() {
        let Ok(tag) = found else { return (tags, found.err()) };
        scan.go_on(tag.at + tag.text.len(), &tag);
        tags.push(tag);
    }
    (tags, None)
}

/// A template that is gone through from tag to tag.
struct Scan<'a> {
    source: &'a str,
    /// Where to look on.
    place: usize,
    /// Where the last word stands that ends what is no template.
    last_end_of_raw: Option<usize>,
}

impl<'a> Scan<'a> {
    fn of(source: &'a str) -> Self {
        Self { source, place: 0, last_end_of_raw: source.rfind(END_OF_RAW) }
    }

    /// The next tag, or where it begins if it is not closed.
    fn next(&self) -> Option<Result<Tag<'a>, usize>> {
        let source = self.source;
        let mut braces = source[self.place..].match_indices('{').map(|(begin, _)| self.place + begin);
        let (at, closes) = braces.find_map(|at| Some((at, closes_at(&source[at..])?)))?;
        let length = end_of(&source[at..], closes);
        Some(length.map(|length| Tag { at, text: &source[at..at + length] }).ok_or(at))
    }

    /// Looks on behind a tag, which ends at `end`.
    fn go_on(&mut self, end: usize, tag: &Tag<'_>) {
        self.place = end;
        let is_raw = tag.opens() == "{%" && tag.inside() == "raw";
        if is_raw && self.last_end_of_raw.is_some_and(|last| last >= end) {
            // What stands there is text.
            let rest = &self.source[end..];
            let raw = rest.find(END_OF_RAW).and_then(|at| rest[..at].rfind("{%"));
            self.place += raw.unwrap_or(0);
        }
    }
}

/// How a tag ends that begins here; `None` where none begins.
fn closes_at(tag: &str) -> Option<&'static str> {
    BRACES.iter().find_map(|(opens, closes)| tag.starts_with(opens).then_some(*closes))
}

/// Looks at every tag by itself. `parse` says why a text is not a template.
#[must_use]
pub fn read(source: &str, parse: &dyn Fn(&str) -> Result<(), String>) -> Read {
    let mut read = Read { source: String::with_capacity(source.len()), wrong: Vec::new() };
    let (mut scan, mut copied) = (Scan::of(source), 0);
    while let Some(found) = scan.next() {
        let (at, end, text) = match found {
            Ok(tag) => (tag.at, tag.at + tag.text.len(), Cow::Borrowed(tag.text)),
            Err(at) => {
                let closes = closes_at(&source[at..]).unwrap_or_default();
                let opens = &source[at..at + 2];
                read.tell(source, at, format!("`{opens}` is not closed; write `{closes}` behind it"));
                // It was to end in its line, or before the next, and what follows is read as if it had.
                let rest = &source[at + 2..];
                let stops =
                    BRACES.iter().filter_map(|(opens, _)| rest.find(opens)).chain(rest.find('\n')).min();
                let end = stops.map_or(source.len(), |stops| at + 2 + stops);
                let tag = source[at..end].trim_end().trim_end_matches(['%', '}', '#']);
                if read.wrong.len() == MOST || tag.len() <= 2 {
                    read.source.push_str(&source[copied..at]);
                    return read;
                }
                (at, end, Cow::Owned(format!("{tag} {closes}")))
            }
        };
        let tag = Tag { at, text: &text };
        read.source.push_str(&source[copied..at]);
        scan.go_on(end, &tag);
        copied = end;
        let meant = match tag.opens() {
            "{{" => value(tag.inside(), parse),
            "{%" => statement(tag.inside(), parse),
            _ => Ok(()),
        };
        match meant {
            Ok(()) => read.source.push_str(tag.text),
            Err((message, instead)) => {
                read.tell(source, at, message);
                read.source.push_str(&instead);
                // Lines keep their numbers.
                read.source.push_str(&"\n".repeat(tag.text.matches('\n').count()));
            }
        }
    }
    read.source.push_str(&source[copied..]);
    read
}

impl Read {
    fn tell(&mut self, source: &str, at: usize, message: String) {
        if self.wrong.len() < MOST {
            let before = &source[..at];
            let line = 1 + before.matches('\n').count();
            let column = 1 + before.rsplit('\n').next().unwrap_or_default().chars().count();
            self.wrong.push(Mistake { line, column, message });
        }
    }
}

/// Where a tag ends, which does not end within its texts.
fn end_of(tag: &str, closes: &str) -> Option<usize> {
    let mut quote = None;
    let mut chars = tag.char_indices().skip(2);
    while let Some((at, character)) = chars.next() {
        match quote {
            Some(_) if character == '\\' => _ = chars.next(),
            Some(open) if character == open => quote = None,
            Some(_) => {}
            None if tag[at..].starts_with(closes) => return Some(at + closes.len()),
            // Another begins before this one ends.
            None if closes != "#}" && closes_at(&tag[at..]).is_some() => return None,
            None if closes != "#}" && matches!(character, '"' | '\'') => quote = Some(character),
            None => {}
        }
    }
    // A quote that is not closed takes the end with it.
    tag[2..].find(closes).map(|at| at + 2 + closes.len())
}

/// What is wrong with `{{ … }}`, and what stands for it.
fn value(inside: &str, parse: &dyn Fn(&str) -> Result<(), String>) -> Result<(), (String, String)> {
    let mend = "a value is put in as {{ question }}";
    if inside.is_empty() {
        return Err((format!("`{{{{ }}}}` is empty; {mend}"), String::new()));
    }
    if let Some(found) = full_width(inside) {
        return Err((found, String::new()));
    }
    parse(&format!("{{{{ {inside} }}}}")).map_err(|cause| {
        let cause = plain(&cause);
        (format!("`{{{{ {} }}}}`: {cause}; {}", shortened(inside), mend_of(inside, mend)), String::new())
    })
}

/// What is wrong with `{% … %}` by itself, and what stands for it.
fn statement(inside: &str, parse: &dyn Fn(&str) -> Result<(), String>) -> Result<(), (String, String)> {
    let word = inside.split_whitespace().next().unwrap_or_default();
    let tail = inside[word.len()..].trim();
    if inside.is_empty() {
        return Err(("`{% %}` is empty; remove it".to_owned(), String::new()));
    }
    if let Some(found) = full_width(inside) {
        return Err((found, instead_of(word)));
    }
    // The engine knows it; what is rare is left to it.
    let is_known = WORDS.contains(&word)
        || matches!(
            word,
            "block" | "call" | "endblock" | "endcall" | "endmacro" | "extends" | "from" | "import" | "macro"
        );
    if !is_known {
        let elsewhere = ELSEWHERE.iter().find(|(other, _)| *other == word).map(|(_, own)| *own);
        let slip = || WORDS.into_iter().find(|known| is_one_off(word, known));
        // `end for`.
        let apart = || {
            let tail = tail.split_whitespace().next().filter(|_| word == "end")?;
            WORDS.into_iter().find(|known| known.strip_prefix("end") == Some(tail))
        };
        let ends = apart();
        let near = ends.or(elsewhere).or_else(slip).or_else(|| nearest(word, WORDS));
        return Err(match near {
            Some(near) => {
                let rest = if ends.is_some() { "" } else { tail };
                let meant = format!("{near} {rest}").trim().to_owned();
                let tried = statement(&meant, parse);
                let instead = if tried.is_ok() { format!("{{% {meant} %}}") } else { instead_of(near) };
                (format!("there is no tag `{word}`; did you mean `{{% {near} %}}`?"), instead)
            }
            None => (
                format!("there is no tag `{word}`; there are if, elif, else, endif, for, endfor, set"),
                String::new(),
            ),
        });
    }
    if word == "else" && !tail.is_empty() {
        let condition = tail.strip_prefix("if").unwrap_or(tail).trim();
        return Err((
            format!("`{{% else {tail} %}}` has a condition; write {{% elif {condition} %}}"),
            "{% elif true %}".to_owned(),
        ));
    }
    let alone = match word {
        "if" | "elif" => format!("{{% if {tail} %}}{{% endif %}}"),
        "for" => format!("{{% for {tail} %}}{{% endfor %}}"),
        "set" if tail.contains('=') => format!("{{% set {tail} %}}"),
        _ => return Ok(()),
    };
    parse(&alone).map_err(|cause| {
        let mend = match word {
            "for" => "a loop is written {% for x in … %}…{% endfor %}",
            "set" => "write {% set name = … %}",
            _ => "a condition is written {% if … %}…{% endif %}",
        };
        let equals = tail.contains('=')
            && word != "set"
            && !["==", "!=", "<=", ">="].iter().any(|sign| tail.contains(sign));
        let mend = if equals { "two values are compared with `==`".to_owned() } else { mend_of(tail, mend) };
        (format!("`{{% {} %}}`: {}; {mend}", shortened(inside), plain(&cause)), instead_of(word))
    })
}

/// Whether two words differ in one letter, which is much of a short word.
fn is_one_off(word: &str, known: &str) -> bool {
    let longest = word.len().max(known.len());
    let same = |pairs: &mut dyn Iterator<Item = (u8, u8)>| pairs.take_while(|(a, b)| a == b).count();
    let begin = same(&mut word.bytes().zip(known.bytes()));
    let end = same(&mut word.bytes().rev().zip(known.bytes().rev()));
    word.len().abs_diff(known.len()) <= 1 && begin + end + 1 >= longest
}

/// A tag of the same word in which nothing is wrong.
#[must_use]
pub fn instead_of(word: &str) -> String {
    match word {
        "if" => "{% if true %}",
        "elif" => "{% elif true %}",
        "for" => "{% for x in [] %}",
        word if word.starts_with("end") && WORDS.contains(&word) => return format!("{{% {word} %}}"),
        _ => "",
    }
    .to_owned()
}

/// A sign of Chinese typing outside of texts.
fn full_width(inside: &str) -> Option<String> {
    const SIGNS: [(char, &str); 16] = [
        ('“', "\""),
        ('”', "\""),
        ('‘', "'"),
        ('’', "'"),
        ('，', ","),
        ('（', "("),
        ('）', ")"),
        ('｜', "|"),
        ('：', ":"),
        ('。', "."),
        ('＝', "="),
        ('【', "["),
        ('】', "]"),
        ('！', "!"),
        ('＞', ">"),
        ('＜', "<"),
    ];
    let mut quote = None;
    for character in inside.chars() {
        match quote {
            Some(open) if character == open => quote = None,
            Some(_) => {}
            None if matches!(character, '"' | '\'') => quote = Some(character),
            None => {
                if let Some((_, plain)) = SIGNS.iter().find(|(sign, _)| *sign == character) {
                    let text = shortened(inside);
                    return Some(format!("`{text}` has the full-width `{character}`; write `{plain}`"));
                }
            }
        }
    }
    None
}

/// The mend, where a name has letters that names do not have.
fn mend_of(inside: &str, mend: &str) -> String {
    let outside: String = inside.split(['"', '\'']).step_by(2).collect();
    let is_letter = |character: char| character.is_alphabetic() && !character.is_ascii();
    if let Some((_, name)) = outside.rsplit_once("variables.").filter(|(_, name)| name.starts_with(is_letter))
    {
        let name: String =
            name.chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect();
        return format!("a name with letters other than ASCII is written variables[\"{name}\"]");
    }
    if outside.contains(is_letter) {
        return "text stands outside of the braces or in quotes, and a variable of such a name is written variables[\"省份\"]"
            .to_owned();
    }
    mend.to_owned()
}

/// The engine's words without what it names the text.
#[must_use]
pub fn plain(cause: &str) -> &str {
    let cause = cause.strip_prefix("syntax error: ").unwrap_or(cause);
    cause.rsplit_once(" (in ").map_or(cause, |(cause, _)| cause)
}

fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

#[cfg(test)]
mod tests;
