//! What a template calls that the engine does not have, or not in this way: filters, tests, functions and methods. A turn
//! that comes there can only fail.

use std::collections::BTreeSet;

use minijinja::machinery::{Instruction, Instructions, get_compiled_template};
use minijinja::{Environment, ErrorKind};

use crate::names;
use crate::tags::MOST;

/// Filters of the engine that are suggested.
const FILTERS: [&str; 30] = [
    "abs",
    "batch",
    "capitalize",
    "default",
    "escape",
    "first",
    "float",
    "indent",
    "int",
    "items",
    "join",
    "last",
    "length",
    "lines",
    "list",
    "lower",
    "map",
    "replace",
    "reverse",
    "round",
    "selectattr",
    "slice",
    "sort",
    "split",
    "string",
    "sum",
    "title",
    "trim",
    "unique",
    "upper",
];
/// Tests of the engine that are suggested.
const TESTS: [&str; 13] = [
    "boolean",
    "defined",
    "divisibleby",
    "endingwith",
    "even",
    "iterable",
    "mapping",
    "none",
    "number",
    "odd",
    "sequence",
    "startingwith",
    "string",
];
/// Functions of the engine that are suggested.
const FUNCTIONS: [&str; 2] = ["namespace", "range"];
/// What other template languages call them, and Python its methods.
const ELSEWHERE: [(&str, &str); 25] = [
    ("array", "sequence"),
    ("bool", "boolean"),
    ("capfirst", "capitalize"),
    ("count", "length"),
    ("dict", "mapping"),
    ("downcase", "lower"),
    ("endswith", "endingwith"),
    ("forceescape", "escape"),
    ("len", "length"),
    ("list", "sequence"),
    ("lowercase", "lower"),
    ("nl2br", "replace"),
    ("null", "none"),
    ("object", "mapping"),
    ("size", "length"),
    ("splitlines", "lines"),
    ("startswith", "startingwith"),
    ("strip", "trim"),
    ("str", "string"),
    ("to_string", "string"),
    ("tofixed", "round"),
    ("toint", "int"),
    ("uniq", "unique"),
    ("upcase", "upper"),
    ("uppercase", "upper"),
];
/// Filters of other engines for which something else is written here than another filter.
const INSTEAD_OF_FILTERS: [(&[&str], &str); 8] = [
    (&["contains", "includes", "regex_match", "regex_search"], "{% if '…' in question %}"),
    (&["starts_with", "startswith"], "{% if … is startingwith('…') %}"),
    (&["ends_with", "endswith"], "{% if … is endingwith('…') %}"),
    (&["word_count", "wordcount"], "{{ … | split | length }}"),
    (&["keys"], "{% for name in … %}"),
    (&["dict2items", "values"], "{% for name, value in … | items %}"),
    (&["append", "concat", "prepend"], "{{ … ~ … }}"),
    (&["iif", "ternary"], "{{ '…' if … else '…' }}"),
];
/// Tests of other engines for which something else is written here than another test.
const INSTEAD_OF_TESTS: [(&[&str], &str); 2] = [
    (
        &["containing", "contains", "includes", "match", "matches", "matching", "regex", "search"],
        "{% if '…' in question %}",
    ),
    (&["blank", "empty"], "{% if not … %}"),
];
/// Filters of other engines that have nothing to do here.
const NEEDLESS: [&str; 12] = [
    "center",
    "from_json",
    "json",
    "markdown",
    "striptags",
    "to_json",
    "tojson",
    "url_encode",
    "urlencode",
    "urlize",
    "wordwrap",
    "xmlattr",
];
/// Methods of `loop`, the one value that has any.
const OF_LOOP: [&str; 2] = ["changed", "cycle"];
/// What stands for any value where a filter or a test is tried, and for its arguments.
const SAMPLES: [&str; 6] = ["'1'", "1", "1.5", "[1]", "{'a': 1}", "true"];

/// One thing that is called and cannot be.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wrong {
    /// The line of the template, from 1.
    pub line: usize,
    /// The cause and the mend.
    pub message: String,
}

/// What a template calls in vain, in its order, each once and [`MOST`] of them at most. `values` are the names it sees. Nothing of one that
/// does not parse.
#[must_use]
pub fn wrong(environment: &Environment<'_>, source: &str, values: &[&str]) -> Vec<Wrong> {
    let Ok(template) = environment.template_from_str(source) else { return Vec::new() };
    let unknown = template.undeclared_variables(false);
    let compiled = get_compiled_template(&template);
    let functions: Vec<String> = environment.globals().map(|(name, _)| name.to_owned()).collect();
    let tried = Tried { environment, values, functions, unknown: unknown.into_iter().collect() };
    let mut found: Vec<Wrong> = Vec::new();
    for part in std::iter::once(&compiled.instructions).chain(compiled.blocks.values()) {
        tried.part(part, &mut found);
    }
    found
}

/// The names of a template that are called as functions and are none: they need no other word.
#[must_use]
pub fn called(environment: &Environment<'_>, source: &str) -> Vec<String> {
    let Ok(template) = environment.template_from_str(source) else { return Vec::new() };
    let compiled = get_compiled_template(&template);
    let (mut called, mut read) = (Vec::new(), Vec::new());
    for instruction in (0..).map_while(|at| compiled.instructions.get(at)) {
        match instruction {
            Instruction::CallFunction(name, _) => called.push((*name).to_owned()),
            Instruction::Lookup(name) => read.push(*name),
            _ => {}
        }
    }
    called.retain(|name| !read.contains(&name.as_str()));
    called
}

/// What a template takes out of a table by a name in brackets, as `table.name`: `variables["省"]` is a name that none
/// without brackets can be.
#[must_use]
pub fn in_brackets(environment: &Environment<'_>, source: &str) -> Vec<String> {
    let Ok(template) = environment.template_from_str(source) else { return Vec::new() };
    let compiled = get_compiled_template(&template);
    let all: Vec<&Instruction<'_>> = (0..).map_while(|at| compiled.instructions.get(at)).collect();
    let named = |three: &[&Instruction<'_>]| match three {
        [Instruction::Lookup(table), Instruction::LoadConst(name), Instruction::GetItem] => {
            Some(format!("{table}.{}", name.as_str()?))
        }
        _ => None,
    };
    all.windows(3).filter_map(named).collect()
}

struct Tried<'a> {
    environment: &'a Environment<'a>,
    values: &'a [&'a str],
    functions: Vec<String>,
    /// Names that the template does not define.
    unknown: Vec<String>,
}

impl Tried<'_> {
    fn part(&self, part: &Instructions<'_>, found: &mut Vec<Wrong>) {
        let all: Vec<&Instruction<'_>> = (0..).map_while(|at| part.get(at)).collect();
        // Named arguments are not counted one by one.
        let names = |one: &&Instruction<'_>| match one {
            Instruction::BuildKwargs(_) | Instruction::MergeKwargs(_) => true,
            Instruction::LoadConst(value) => value.is_kwargs(),
            _ => false,
        };
        let counts = !all.iter().any(names);
        // To try a filter or a test takes up to thirty-six templates, and it is told once however often it stands there.
        let mut tried = BTreeSet::new();
        for (at, instruction) in all.iter().enumerate() {
            let mut messages = Vec::new();
            match instruction {
                Instruction::ApplyFilter(name, count, _) => {
                    let count_of_all = count.filter(|_| counts);
                    if tried.insert(("filter", *name, count_of_all)) {
                        messages.extend(self.filter(name, count_of_all));
                    }
                    messages.extend(self.named(name, *count, &all[..at]));
                }
                Instruction::PerformTest(name, count, _) => {
                    let count = count.filter(|_| counts);
                    if tried.insert(("test", *name, count)) {
                        messages.extend(self.test(name, count));
                    }
                }
                Instruction::CallFunction(name, _) => messages.extend(self.function(name)),
                Instruction::CallMethod(name, _) if !OF_LOOP.contains(name) => messages.push(of_method(name)),
                Instruction::CallObject(_) => {
                    messages
                        .push("a value is called like a function; write it without the brackets".to_owned());
                }
                _ => {}
            }
            let line = u32::try_from(at).ok().and_then(|at| part.get_line(at)).unwrap_or(1);
            for message in messages {
                if found.len() == MOST {
                    return;
                }
                if found.iter().all(|known| known.message != message) {
                    found.push(Wrong { line, message });
                }
            }
        }
    }

    fn filter(&self, name: &str, count: Option<u16>) -> Option<String> {
        if self.is_unknown(&format!("''|{name}"), ErrorKind::UnknownFilter) {
            return Some(of_name("filter", name, &FILTERS));
        }
        let takes =
            |arguments: &str| SAMPLES.iter().map(move |value| format!("{value}|{name}{arguments}")).collect();
        self.misfit("filter", name, count?, takes)
    }

    fn test(&self, name: &str, count: Option<u16>) -> Option<String> {
        // An operator is a test too.
        if !name.starts_with(|first: char| first.is_alphabetic() || first == '_') {
            return None;
        }
        if self.is_unknown(&format!("'' is {name}"), ErrorKind::UnknownTest) {
            return Some(of_name("test", name, &TESTS));
        }
        let takes = |arguments: &str| {
            SAMPLES.iter().map(move |value| format!("{value} is {name}{arguments}")).collect()
        };
        self.misfit("test", name, count?, takes)
    }

    /// What is wrong with a filter or a test that a filter is told by name, as `map('upper')`.
    fn named(&self, filter: &str, count: Option<u16>, before: &[&Instruction<'_>]) -> Option<String> {
        let count = usize::from(count?).saturating_sub(1);
        let place = match filter {
            "map" | "select" | "reject" => 0,
            "selectattr" | "rejectattr" => 1,
            _ => return None,
        };
        let arguments = &before[before.len().checked_sub(count)?..];
        // What is computed takes more than one step, and is known to the turn only.
        if !arguments.iter().all(|one| matches!(one, Instruction::LoadConst(_))) {
            return None;
        }
        let Instruction::LoadConst(value) = arguments.get(place)? else { return None };
        let name = value.as_str()?;
        if !is_name(name) {
            return None;
        }
        if filter == "map" {
            return self
                .is_unknown(&format!("''|{name}"), ErrorKind::UnknownFilter)
                .then(|| of_name("filter", name, &FILTERS));
        }
        self.is_unknown(&format!("'' is {name}"), ErrorKind::UnknownTest)
            .then(|| of_name("test", name, &TESTS))
    }

    fn function(&self, name: &str) -> Option<String> {
        // `loop(…)` goes on in a recursive loop; the others are those of macros and blocks.
        if ["caller", "loop", "super"].contains(&name) || self.functions.iter().any(|known| known == name) {
            return None;
        }
        if self.values.contains(&name) {
            return Some(format!(
                "`{name}` is a value and no function; write {{{{ {name} }}}} without the brackets"
            ));
        }
        // One that the template has set itself may be a function.
        if !self.unknown.iter().any(|unknown| unknown == name) {
            return None;
        }
        if let Some(filter) = meant(name, &FILTERS) {
            return Some(format!(
                "there is no function `{name}`, but a filter; write {{{{ … | {filter} }}}}"
            ));
        }
        Some(of_name("function", name, &FUNCTIONS))
    }

    /// Whether the engine knows no such function.
    fn is_unknown(&self, expression: &str, kind: ErrorKind) -> bool {
        self.fails(expression) == Some(kind)
    }

    fn fails(&self, expression: &str) -> Option<ErrorKind> {
        let tried = self.environment.compile_expression(expression).and_then(|compiled| compiled.eval(()));
        tried.err().map(|error| error.kind())
    }

    /// Says that no value of any kind goes with so many arguments. The first of them is the value itself.
    fn misfit(
        &self,
        kind: &str,
        name: &str,
        count: u16,
        takes: impl Fn(&str) -> Vec<String>,
    ) -> Option<String> {
        let arguments = usize::from(count).saturating_sub(1);
        let of = |sample: &str| match arguments {
            0 => String::new(),
            _ => format!("({})", vec![sample; arguments].join(", ")),
        };
        let mut kinds = SAMPLES.iter().flat_map(|sample| takes(&of(sample))).map(|tried| self.fails(&tried));
        let first = kinds.next()??;
        let is_count =
            |kind: ErrorKind| matches!(kind, ErrorKind::MissingArgument | ErrorKind::TooManyArguments);
        (is_count(first) && kinds.all(|kind| kind.is_some_and(is_count))).then(|| {
            let word = if first == ErrorKind::MissingArgument { "more" } else { "fewer" };
            let example = match name {
                "replace" => ", as in replace('a', 'b')",
                "divisibleby" => ", as in divisibleby(2)",
                "endingwith" => ", as in endingwith('吗')",
                "startingwith" => ", as in startingwith('请问')",
                _ => "",
            };
            format!("the {kind} `{name}` has {arguments} arguments here; it takes {word}{example}")
        })
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The known name that was meant.
fn meant<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    names::meant(name, known, &ELSEWHERE)
}

fn of_name(kind: &str, name: &str, known: &[&str]) -> String {
    if kind == "filter" && NEEDLESS.contains(&name) {
        return format!(
            "there is no filter `{name}`; remove it: a value is written as the place where it stands asks"
        );
    }
    if kind == "filter" && name == "truncate" {
        return "there is no filter `truncate`; the first hundred characters are {{ question[:100] }}"
            .to_owned();
    }
    let instead: &[(&[&str], &str)] = match kind {
        "filter" => &INSTEAD_OF_FILTERS,
        "test" => &INSTEAD_OF_TESTS,
        _ => &[],
    };
    let asked = name.to_ascii_lowercase();
    if let Some((_, example)) = instead.iter().find(|(names, _)| names.contains(&asked.as_str())) {
        return format!("there is no {kind} `{name}`; write {example}");
    }
    match meant(name, known) {
        Some(near) => format!("there is no {kind} `{name}`; did you mean `{near}`?"),
        None => format!("there is no {kind} `{name}`; there are {}", known.join(", ")),
    }
}

fn of_method(name: &str) -> String {
    if name == "get" {
        return "values have no methods, and `get` is called; write such as {{ arguments.year | default('') }}".to_owned();
    }
    if ["contains", "find", "includes", "indexOf"].contains(&name) {
        return format!("values have no methods, and `{name}` is called; write {{% if '…' in question %}}");
    }
    match meant(name, &FILTERS) {
        Some(filter) => {
            format!("values have no methods, and `{name}` is called; write the filter {{{{ … | {filter} }}}}")
        }
        None => match meant(name, &TESTS) {
            Some(test) => {
                format!(
                    "values have no methods, and `{name}` is called; write the test {{% if … is {test}('…') %}}"
                )
            }
            None => format!(
                "values have no methods, and `{name}` is called; write the value without it, or a filter: {}",
                FILTERS.join(", ")
            ),
        },
    }
}

#[cfg(test)]
mod tests;
