//! The code of a number format, taken apart: sections, and in each what is shown one after the other.

#[derive(Debug, Clone, Default)]
pub(super) struct Section {
    pub(super) condition: Option<(Compare, f64)>,
    pub(super) tokens: Vec<Token>,
    /// Digits in words: 1 for 一二三, 2 for 壹贰叁, 3 for １２３.
    pub(super) words: u8,
    pub(super) is_chinese: bool,
    pub(super) is_date: bool,
    pub(super) is_text: bool,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Compare {
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
    MoreOrEqual,
    More,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Literal(String),
    /// `0`, `#` or `?`.
    Digit(char),
    Point,
    Comma,
    Percent,
    Slash,
    /// `E+` or `E-`.
    Exponent(bool),
    General,
    Text,
    /// `yyyy`, `m`, `[h]`, `AM/PM`, `aaaa` and so on, in small letters.
    Date(String),
}

impl Compare {
    pub(super) fn holds(self, value: f64, than: f64) -> bool {
        match self {
            Self::Less => value < than,
            Self::LessOrEqual => value <= than,
            Self::Equal => value == than,
            Self::NotEqual => value != than,
            Self::MoreOrEqual => value >= than,
            Self::More => value > than,
        }
    }
}

/// How General is written, which other programs keep as Excel calls it in Chinese.
const GENERAL: &[&str] = &["General", "G/通用格式"];

/// The code parted at its semicolons.
pub(super) fn sections(code: &str) -> Vec<String> {
    let mut sections = vec![String::new()];
    let mut characters = code.chars();
    let mut quoted = false;
    while let Some(c) = characters.next() {
        if c == ';' && !quoted {
            sections.push(String::new());
            continue;
        }
        quoted ^= c == '"';
        if let Some(section) = sections.last_mut() {
            section.push(c);
            if matches!(c, '\\' | '!') && !quoted {
                section.extend(characters.next());
            }
        }
    }
    sections
}

pub(super) fn parse(code: &str) -> Section {
    let mut section = Section::default();
    let mut rest = code;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        let is_here =
            |word: &&&str| rest.get(..word.len()).is_some_and(|here| here.eq_ignore_ascii_case(word));
        if let Some(word) = GENERAL.iter().find(is_here) {
            section.tokens.push(Token::General);
            rest = &rest[word.len()..];
            continue;
        }
        rest = match c {
            '"' => {
                let (text, after) = after.split_once('"').unwrap_or((after, ""));
                section.literal(text);
                after
            }
            '\\' | '!' => {
                let text: String = after.chars().take(1).collect();
                section.literal(&text);
                &after[text.len()..]
            }
            // The width of a character, and what fills the cell.
            '_' | '*' => after.chars().next().map_or("", |c| &after[c.len_utf8()..]),
            '[' => {
                let (inner, after) = after.split_once(']').unwrap_or((after, ""));
                section.bracket(inner);
                after
            }
            '0' | '#' | '?' => section.push(Token::Digit(c), after),
            '.' => section.push(Token::Point, after),
            ',' => section.push(Token::Comma, after),
            '%' => section.push(Token::Percent, after),
            '/' => section.push(Token::Slash, after),
            '@' => {
                section.is_text = true;
                section.push(Token::Text, after)
            }
            'E' | 'e' if after.starts_with(['+', '-']) => {
                section.push(Token::Exponent(after.starts_with('+')), &after[1..])
            }
            _ => section.word(c, rest, after),
        };
    }
    section.settle();
    section
}

impl Section {
    fn push<'a>(&mut self, token: Token, after: &'a str) -> &'a str {
        self.tokens.push(token);
        after
    }

    fn literal(&mut self, text: &str) {
        match self.tokens.last_mut() {
            Some(Token::Literal(before)) => before.push_str(text),
            _ => self.tokens.push(Token::Literal(text.to_owned())),
        }
    }

    /// A part of a date, or a character that stands for itself.
    fn word<'a>(&mut self, c: char, rest: &'a str, after: &'a str) -> &'a str {
        for halves in ["AM/PM", "am/pm", "A/P", "a/p", "上午/下午"] {
            if let Some(after) = rest.strip_prefix(halves) {
                self.is_date = true;
                return self.push(Token::Date(halves.to_owned()), after);
            }
        }
        let letter = c.to_ascii_lowercase();
        if !matches!(letter, 'y' | 'm' | 'd' | 'h' | 's' | 'a' | 'e' | 'g' | 'b') {
            self.literal(&c.to_string());
            return after;
        }
        let count = rest.chars().take_while(|c| c.to_ascii_lowercase() == letter).count();
        self.is_date = true;
        self.push(Token::Date(letter.to_string().repeat(count)), &rest[count..])
    }

    fn bracket(&mut self, inner: &str) {
        if let Some(currency) = inner.strip_prefix('$') {
            let (sign, locale) = currency.split_once('-').unwrap_or((currency, ""));
            self.is_chinese |= locale.to_ascii_lowercase().ends_with("804") || locale.starts_with("zh");
            if !sign.is_empty() {
                self.literal(sign);
            }
            return;
        }
        let lower = inner.to_ascii_lowercase();
        if let Some(kind) = lower.strip_prefix("dbnum") {
            self.words = kind.parse().unwrap_or(0);
        } else if !lower.is_empty()
            && ["h", "m", "s"].iter().any(|letter| lower.replace(letter, "").is_empty())
        {
            self.is_date = true;
            self.tokens.push(Token::Date(format!("[{lower}]")));
        } else {
            let compares = [
                ("<>", Compare::NotEqual),
                ("<=", Compare::LessOrEqual),
                (">=", Compare::MoreOrEqual),
                ("<", Compare::Less),
                (">", Compare::More),
                ("=", Compare::Equal),
            ];
            for (sign, compare) in compares {
                if let Some(than) = inner.strip_prefix(sign).and_then(|than| than.trim().parse().ok()) {
                    self.condition = Some((compare, than));
                    return;
                }
            }
        }
    }

    /// In a date, `0`, `.` and `/` are what they look like, but for fractions of a second; `m` beside hours or
    /// seconds is minutes.
    fn settle(&mut self) {
        if !self.is_date {
            return;
        }
        let mut tokens: Vec<Token> = Vec::with_capacity(self.tokens.len());
        let old = std::mem::take(&mut self.tokens);
        let mut old = old.into_iter().peekable();
        while let Some(token) = old.next() {
            let said = match token {
                Token::Point if matches!(old.peek(), Some(Token::Digit('0'))) => {
                    let mut places = 0;
                    while old.next_if(|token| *token == Token::Digit('0')).is_some() {
                        places += 1;
                    }
                    Token::Date(format!(".{}", "0".repeat(places)))
                }
                Token::Point => Token::Literal(".".to_owned()),
                Token::Comma => Token::Literal(",".to_owned()),
                Token::Slash => Token::Literal("/".to_owned()),
                Token::Percent => Token::Literal("%".to_owned()),
                Token::Digit(c) => Token::Literal(c.to_string()),
                token => token,
            };
            tokens.push(said);
        }
        let letters = |token: &Token| match token {
            Token::Date(word) => word.trim_start_matches('[').chars().next(),
            _ => None,
        };
        let words: Vec<(usize, char)> =
            tokens.iter().enumerate().filter_map(|(at, token)| Some((at, letters(token)?))).collect();
        for (place, &(at, letter)) in words.iter().enumerate() {
            let before = place.checked_sub(1).and_then(|before| words.get(before));
            let after = words.get(place + 1);
            let is_minute =
                before.is_some_and(|(_, letter)| *letter == 'h') || after.is_some_and(|(_, c)| *c == 's');
            if let (true, 'm', Some(Token::Date(word))) = (is_minute, letter, tokens.get_mut(at)) {
                *word = word.replace('m', "n");
            }
        }
        self.tokens = tokens;
    }
}
