//! Math is an equation of Word (OMML) or of the web (MathML), said in one line as LaTeX says it: read without its
//! bars, roots and heights, ½A would be 12A.

/// Elements within one another.
const MAX_NESTING: usize = 100;

/// An equation as far as it was read: the open elements, outermost first.
#[derive(Debug, Default)]
pub(crate) struct Math {
    open: Vec<Node>,
}

#[derive(Debug, Default)]
struct Node {
    name: String,
    /// What it says, from left to right.
    content: String,
    /// The same by the element that says it.
    parts: Vec<(String, String)>,
    properties: Vec<(String, String)>,
}

impl Node {
    /// The part of this name; empty where there is none.
    fn named(&self, name: &str) -> &str {
        self.parts.iter().find(|(part, _)| part == name).map_or("", |(_, text)| text)
    }

    fn all(&self, name: &str) -> Vec<&str> {
        self.parts.iter().filter(|(part, _)| part == name).map(|(_, text)| text.as_str()).collect()
    }

    fn part(&self, place: usize) -> &str {
        self.parts.get(place).map_or("", |(_, text)| text)
    }

    fn property(&self, name: &str) -> Option<&str> {
        self.properties.iter().find(|(property, _)| property == name).map(|(_, value)| value.as_str())
    }

    fn is_off(&self, name: &str) -> bool {
        self.property(name).is_none_or(|value| matches!(value, "0" | "off" | "false"))
    }
}

impl Math {
    /// An element begins, with those of its attributes that mean something.
    pub(crate) fn open(&mut self, name: &str, properties: Vec<(String, String)>) -> Result<(), String> {
        if self.open.len() >= MAX_NESTING {
            return Err(format!("nests the parts of an equation more than {MAX_NESTING} deep"));
        }
        self.open.push(Node { name: name.to_owned(), properties, ..Node::default() });
        Ok(())
    }

    pub(crate) fn text(&mut self, text: &str) {
        if let Some(node) = self.open.last_mut() {
            node.content.push_str(text);
        }
    }

    /// The innermost element ends; the equation, where that was all of it.
    pub(crate) fn close(&mut self) -> Option<String> {
        let node = self.open.pop()?;
        let said = compose(&node);
        let Some(outer) = self.open.last_mut() else { return Some(finished(&said)) };
        if node.name.ends_with("Pr") {
            outer.properties.extend(node.properties);
        } else if let (Some("val"), true) =
            (node.properties.first().map(|(name, _)| name.as_str()), outer.name.ends_with("Pr"))
        {
            let value = node.properties.into_iter().next().map(|(_, value)| value).unwrap_or_default();
            outer.properties.push((node.name, value));
        } else if outer.name.ends_with("Pr") {
            outer.properties.push((node.name, "1".to_owned()));
        } else {
            outer.content.push_str(&said);
            outer.parts.push((node.name, said));
        }
        None
    }
}

/// In the marks of LaTeX, where it needs them.
fn finished(said: &str) -> String {
    let said = said.trim();
    if said.contains(['\\', '^', '_']) { format!("${said}$") } else { said.to_owned() }
}

fn compose(node: &Node) -> String {
    match node.name.as_str() {
        // Word.
        "f" => match node.property("type") {
            Some("lin" | "skw") => format!("{}/{}", group(node.named("num")), group(node.named("den"))),
            Some("noBar") => format!("\\binom{{{}}}{{{}}}", node.named("num"), node.named("den")),
            _ => format!("\\frac{{{}}}{{{}}}", node.named("num"), node.named("den")),
        },
        "sSup" => scripts(node.named("e"), "", node.named("sup")),
        "sSub" => scripts(node.named("e"), node.named("sub"), ""),
        "sSubSup" => scripts(node.named("e"), node.named("sub"), node.named("sup")),
        "sPre" => format!("{}{}", scripts("{}", node.named("sub"), node.named("sup")), node.named("e")),
        "rad" => root(node.named("e"), node.named("deg")),
        "d" => fenced(node),
        "nary" => {
            let sign = operator(node.property("chr").unwrap_or("∫"));
            let shown = |part: &str| if node.is_off(&format!("{part}Hide")) { node.named(part) } else { "" };
            format!("{} {}", scripts(&sign, shown("sub"), shown("sup")), node.named("e"))
        }
        "func" => format!("{} {}", function(node.named("fName")), group(node.named("e"))),
        "limLow" => scripts(&function(node.named("e")), node.named("lim"), ""),
        "limUpp" => scripts(&function(node.named("e")), "", node.named("lim")),
        "acc" => format!("{}{{{}}}", accent(node.property("chr").unwrap_or("\u{302}")), node.named("e")),
        "bar" => {
            let line = if node.property("pos") == Some("top") { "\\overline" } else { "\\underline" };
            format!("{line}{{{}}}", node.named("e"))
        }
        "mr" => node.all("e").join(" & "),
        "m" => format!("\\begin{{matrix}}{}\\end{{matrix}}", node.all("mr").join(" \\\\ ")),
        "eqArr" => node.all("e").join(" \\\\ "),
        // The web.
        "mfrac" => format!("\\frac{{{}}}{{{}}}", node.part(0), node.part(1)),
        "msup" | "mover" => match accent_of(node.part(1)) {
            Some(accent) if node.name == "mover" => format!("{accent}{{{}}}", node.part(0)),
            _ => scripts(&operator(node.part(0)), "", node.part(1)),
        },
        "msub" | "munder" => scripts(&operator(node.part(0)), node.part(1), ""),
        "msubsup" | "munderover" => scripts(&operator(node.part(0)), node.part(1), node.part(2)),
        "msqrt" => root(&node.content, ""),
        "mroot" => root(node.part(0), node.part(1)),
        "mfenced" => {
            let parts: Vec<&str> = node.parts.iter().map(|(_, text)| text.as_str()).collect();
            let (open, close) = (node.property("open").unwrap_or("("), node.property("close").unwrap_or(")"));
            format!("{open}{}{close}", parts.join(","))
        }
        "mtr" => node.all("mtd").join(" & "),
        "mtable" => format!("\\begin{{matrix}}{}\\end{{matrix}}", node.all("mtr").join(" \\\\ ")),
        // The equation, and then the same for programs.
        "semantics" => node.part(0).to_owned(),
        "annotation" | "annotation-xml" | "mphantom" => String::new(),
        "mi" | "mn" | "mo" | "ms" | "mtext" => node.content.trim().to_owned(),
        name if name.starts_with('m') && node.parts.is_empty() && node.content.trim().is_empty() => {
            String::new()
        }
        _ => node.content.clone(),
    }
}

fn scripts(base: &str, below: &str, above: &str) -> String {
    let mut said = group(base);
    for (mark, script) in [('_', below.trim()), ('^', above.trim())] {
        if !script.is_empty() {
            said.push_str(&format!("{mark}{{{script}}}"));
        }
    }
    said
}

fn root(of: &str, degree: &str) -> String {
    match degree.trim() {
        "" => format!("\\sqrt{{{}}}", of.trim()),
        degree => format!("\\sqrt[{degree}]{{{}}}", of.trim()),
    }
}

fn fenced(node: &Node) -> String {
    let (open, close) = (node.property("begChr").unwrap_or("("), node.property("endChr").unwrap_or(")"));
    let inner = node.all("e").join(node.property("sepChr").unwrap_or("|"));
    if open == "{" && close.is_empty() {
        return format!("\\begin{{cases}}{inner}\\end{{cases}}");
    }
    let escaped = |mark: &str| if matches!(mark, "{" | "}") { format!("\\{mark}") } else { mark.to_owned() };
    format!("{}{inner}{}", escaped(open), escaped(close))
}

/// In braces, unless it is one thing anyway.
fn group(text: &str) -> String {
    let text = text.trim();
    let is_one = text.chars().count() == 1
        || text.chars().all(char::is_alphanumeric)
        || text == "{}"
        || text.strip_prefix('\\').is_some_and(|name| name.chars().all(|c| c.is_ascii_alphabetic()))
        || text.starts_with('(') && text.find(')') == Some(text.len() - 1);
    if is_one { text.to_owned() } else { format!("{{{text}}}") }
}

fn operator(sign: &str) -> String {
    match sign.trim() {
        "∑" => "\\sum",
        "∏" => "\\prod",
        "∫" => "\\int",
        "∬" => "\\iint",
        "∮" => "\\oint",
        "⋃" => "\\bigcup",
        "⋂" => "\\bigcap",
        sign => return function(sign),
    }
    .to_owned()
}

fn function(name: &str) -> String {
    match name.trim() {
        name @ ("sin" | "cos" | "tan" | "cot" | "sec" | "csc" | "log" | "ln" | "lg" | "exp" | "lim"
        | "max" | "min" | "sup" | "inf" | "det" | "arcsin" | "arccos" | "arctan" | "sinh"
        | "cosh" | "tanh") => format!("\\{name}"),
        name => name.to_owned(),
    }
}

fn accent(mark: &str) -> &'static str {
    accent_of(mark).unwrap_or("\\hat")
}

fn accent_of(mark: &str) -> Option<&'static str> {
    Some(match mark.trim() {
        "\u{304}" | "\u{305}" | "¯" | "‾" => "\\bar",
        "\u{20d7}" | "→" => "\\vec",
        "\u{307}" | "˙" => "\\dot",
        "\u{308}" | "¨" => "\\ddot",
        "\u{303}" | "~" | "˜" => "\\tilde",
        "\u{302}" | "^" | "ˆ" => "\\hat",
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
