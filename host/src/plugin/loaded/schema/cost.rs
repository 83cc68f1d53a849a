//! What it costs to check a value against a schema, counted without doing it.

use std::collections::{HashMap, HashSet};

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

/// Depth of a value that is checked. JSON from a model is a few deep.
const DEPTH: usize = 64;
/// Units that any part of a schema may cost for one value, what is inside the value left out. The text is
/// at most 64 KiB and has some thousand parts: whatever costs more repeats itself by references.
const MOST: u64 = 50_000;
/// Parts of a schema that are looked at within each other. Each takes some stack.
const LONGEST_PATH: u64 = 1_000;
/// Depth of a schema's JSON, and parts that are referred to: together they bound how far compiling it and
/// letting go of it recurse.
const SCHEMA_DEPTH: usize = 32;
const MOST_TARGETS: usize = 100;
/// Patterns of one schema: each takes up to some hundred kilobytes, compiled.
const MOST_PATTERNS: usize = 100;
/// Units of matching one pattern with [`TEXT`] bytes.
const PATTERN: u64 = 64;
/// Bytes of text that count as one more value.
const TEXT: usize = 32;
/// Members of a value that `unevaluatedProperties` or `unevaluatedItems` may look at: what stands beside
/// such a keyword is checked once more for each.
const MEMBERS: u64 = 128;

/// How many units one value costs at each depth below the root. A unit is one part of the schema looked at
/// once.
#[derive(Debug)]
pub(super) struct Cost {
    by_depth: Vec<Look>,
    few_members: bool,
}

/// One part of a schema at one value.
#[derive(Debug, Clone, Copy, Default)]
struct Look {
    /// Units, those of the parts it hands the value on to included.
    cost: u64,
    /// Number of schema parts on the longest path downwards.
    path: u64,
}

impl Cost {
    /// Counts, or says why a schema is not taken.
    pub(super) fn of(schema: &Value) -> Result<Self, String> {
        if depth(schema) > SCHEMA_DEPTH {
            return Err(format!(
                "nests more than {SCHEMA_DEPTH} deep; give its inner parts names in `$defs`"
            ));
        }
        // A part that nothing leads to counts as well: a reference may lead through it.
        if parts_of(schema).any(has_id) {
            return Err(
                "has an `$id` inside, which changes what its references mean; only the whole may have one"
                    .to_owned(),
            );
        }
        let graph = Graph::of(schema)?;
        let order = graph.order()?;
        let mut looks = graph.at_next_depth(&order, None);
        if looks.iter().any(|look| look.cost > MOST || look.path > LONGEST_PATH) {
            return Err(format!(
                "refers to its definitions over and over, until one value is checked more than {MOST} times; \
                 refer to each of them less often"
            ));
        }
        let mut by_depth = vec![looks.first().copied().unwrap_or_default()];
        while by_depth.len() <= DEPTH {
            looks = graph.at_next_depth(&order, Some(&looks));
            by_depth.push(looks.first().copied().unwrap_or_default());
        }
        Ok(Self { by_depth, few_members: graph.parts.iter().any(|part| part.again > 1) })
    }

    /// Units for this value, or why it is not checked at all.
    pub(super) fn work(&self, value: &Value) -> Result<u64, String> {
        let mut amounts = Vec::new();
        let mut most_members = 0;
        // No deeper than what is counted, so that the recursion ends there.
        if !measure(value, 0, &mut amounts, &mut most_members) {
            return Err(format!("it nests more than {DEPTH} deep"));
        }
        if self.few_members && most_members > MEMBERS {
            return Err(format!(
                "the plugin's schema uses `unevaluatedProperties` or `unevaluatedItems`, which look at no more than \
                 {MEMBERS} members of one value"
            ));
        }
        let deepest = amounts.len().saturating_sub(1);
        if self.by_depth.get(deepest).is_some_and(|look| look.path > LONGEST_PATH) {
            return Err(format!(
                "it nests {deepest} deep, where the plugin's schema would be looked at more than {LONGEST_PATH} levels deep"
            ));
        }
        let units = amounts.iter().zip(&self.by_depth).map(|(amount, look)| amount.saturating_mul(look.cost));
        Ok(units.fold(0, u64::saturating_add))
    }
}

/// Adds up how much of a value stands at each depth; false where it goes deeper than [`DEPTH`].
fn measure(value: &Value, depth: usize, amounts: &mut Vec<u64>, most_members: &mut u64) -> bool {
    if depth > DEPTH {
        return false;
    }
    if amounts.len() <= depth {
        amounts.push(0);
    }
    let text = |text: &String| 1 + (text.len() / TEXT) as u64;
    amounts[depth] += match value {
        Value::String(string) => text(string),
        // Each name is matched with the patterns of the object.
        Value::Object(members) => 1 + members.keys().map(text).sum::<u64>(),
        _ => 1,
    };
    *most_members = (*most_members).max(parts_of(value).count() as u64);
    parts_of(value).all(|inside| measure(inside, depth + 1, amounts, most_members))
}

/// The parts of a schema that can be reached from its root, the root first.
struct Graph<'a> {
    root: &'a Value,
    anchors: HashMap<&'a str, &'a Value>,
    /// Costs of parts by their address: the parts live in the one document.
    known: HashMap<*const Value, usize>,
    parts: Vec<Subschema>,
    patterns: usize,
    /// The targets of references, by their address.
    targets: HashSet<*const Value>,
}

/// One schema within the schema, and where it hands the value on to.
#[derive(Default)]
struct Subschema {
    /// Units of the keywords that stand in it.
    own: u64,
    /// Parts that check the same value.
    same: Vec<usize>,
    /// Parts of which one checks each member of the value.
    one_of: Vec<usize>,
    /// Parts that all check each member.
    each: Vec<usize>,
    /// How often the parts that apply to the same value are evaluated.
    again: u64,
}

impl<'a> Graph<'a> {
    fn of(root: &'a Value) -> Result<Self, String> {
        let mut graph = Self {
            root,
            anchors: HashMap::new(),
            known: HashMap::new(),
            parts: Vec::new(),
            patterns: 0,
            targets: HashSet::new(),
        };
        find_anchors(root, &mut graph.anchors);
        graph.number(root);
        // A new part's number is its place in this list.
        let mut waiting = vec![root];
        let mut read = 0;
        while let Some(schema) = waiting.get(read).copied() {
            graph.parts[read] = graph.read(schema, &mut waiting)?;
            read += 1;
        }
        Ok(graph)
    }

    /// The part's number, and whether it is new.
    fn number(&mut self, schema: &'a Value) -> (usize, bool) {
        let next = self.parts.len();
        let number = *self.known.entry(std::ptr::from_ref(schema)).or_insert(next);
        if number == next {
            self.parts.push(Subschema::default());
        }
        (number, number == next)
    }

    fn read(&mut self, schema: &'a Value, found: &mut Vec<&'a Value>) -> Result<Subschema, String> {
        let mut part = Subschema { own: 1, again: 1, ..Subschema::default() };
        let Value::Object(keywords) = schema else { return Ok(part) };
        for (keyword, value) in keywords {
            part.own += 1;
            let list = match keyword.as_str() {
                "$dynamicRef" | "$recursiveRef" => {
                    return Err(format!("uses `{keyword}`, which is not taken; use `$ref`"));
                }
                "$ref" | "allOf" | "anyOf" | "oneOf" | "not" | "if" | "then" | "else"
                | "dependentSchemas" | "dependencies" => &mut part.same,
                "properties" | "additionalProperties" | "items" | "prefixItems" | "additionalItems" => {
                    &mut part.one_of
                }
                "patternProperties"
                | "propertyNames"
                | "contains"
                | "unevaluatedProperties"
                | "unevaluatedItems" => &mut part.each,
                // Definitions count where they are referred to.
                "$defs" | "definitions" => continue,
                "pattern" => {
                    part.own += self.pattern()?;
                    continue;
                }
                _ => {
                    part.own = part.own.saturating_add(values_in(value));
                    continue;
                }
            };
            for schema in self.schemas(keyword, value)? {
                let (number, new) = self.number(schema);
                list.push(number);
                if new {
                    found.push(schema);
                }
                if keyword == "$ref" && self.targets.insert(schema) && self.targets.len() > MOST_TARGETS {
                    return Err(format!("refers to more than {MOST_TARGETS} definitions"));
                }
            }
            if keyword == "patternProperties" {
                for _ in 0..value.as_object().map_or(0, Map::len) {
                    part.own += self.pattern()?;
                }
            }
            if keyword.starts_with("unevaluated") {
                part.again = MEMBERS;
            }
        }
        Ok(part)
    }

    fn pattern(&mut self) -> Result<u64, String> {
        self.patterns += 1;
        if self.patterns > MOST_PATTERNS {
            return Err(format!("has more than {MOST_PATTERNS} patterns"));
        }
        Ok(PATTERN)
    }

    /// The schemas in a keyword's value. What has the wrong form is reported when the schema is compiled.
    fn schemas(&self, keyword: &str, value: &'a Value) -> Result<Vec<&'a Value>, String> {
        let is_schema = |value: &&'a Value| value.is_object() || value.is_boolean();
        Ok(match (keyword, value) {
            ("$ref", Value::String(reference)) => vec![self.target(reference)?],
            (
                "properties" | "patternProperties" | "dependentSchemas" | "dependencies",
                Value::Object(named),
            ) => named.values().filter(is_schema).collect(),
            (_, Value::Array(list)) => list.iter().filter(is_schema).collect(),
            (_, value) => Some(value).filter(is_schema).into_iter().collect(),
        })
    }

    /// What a reference refers to, which must be in the same document.
    fn target(&self, reference: &str) -> Result<&'a Value, String> {
        let shown = crate::clean::line(reference);
        let Some(fragment) = reference.strip_prefix('#') else {
            return Err(format!(
                "refers to `{shown}`; a schema may only refer to what is in itself, as in `#/$defs/…`"
            ));
        };
        let target = match percent_decode_str(fragment).decode_utf8() {
            Ok(pointer) if pointer.is_empty() || pointer.starts_with('/') => self.root.pointer(&pointer),
            Ok(anchor) => self.anchors.get(&*anchor).copied(),
            Err(_) => None,
        };
        target.ok_or_else(|| format!("refers to `{shown}`, which is not in it"))
    }

    /// The parts in such an order that whatever checks the same value for a part comes before it.
    fn order(&self) -> Result<Vec<usize>, String> {
        let mut order = Vec::with_capacity(self.parts.len());
        let mut state = vec![VisitMark::Not; self.parts.len()];
        for start in 0..self.parts.len() {
            // A stack of its own: the parts may refer to each other in a chain of thousands.
            let mut path = vec![(start, 0)];
            while let Some((part, next)) = path.pop() {
                if next == 0 {
                    match state[part] {
                        VisitMark::Done => continue,
                        VisitMark::Open => return Err(
                            "refers to itself without going into the value, so that a check would never end"
                                .into(),
                        ),
                        VisitMark::Not => state[part] = VisitMark::Open,
                    }
                }
                match self.parts[part].same.get(next) {
                    Some(&below) => path.extend([(part, next + 1), (below, 0)]),
                    None => {
                        state[part] = VisitMark::Done;
                        order.push(part);
                    }
                }
            }
        }
        Ok(order)
    }

    /// What each part costs for one value so many levels inside the one it is asked about; `above` is the
    /// same one level less deep, and absent for the value itself.
    fn at_next_depth(&self, order: &[usize], above: Option<&[Look]>) -> Vec<Look> {
        let mut looks = vec![Look::default(); self.parts.len()];
        for &number in order {
            let part = &self.parts[number];
            let mut own = if above.is_none() { part.own } else { 0 };
            let mut path = 0;
            if let Some(above) = above {
                own = part.one_of.iter().map(|&inner| above[inner].cost).max().unwrap_or_default();
                own = part.each.iter().map(|&inner| above[inner].cost).fold(own, u64::saturating_add);
                path = part
                    .one_of
                    .iter()
                    .chain(&part.each)
                    .map(|&inner| above[inner].path)
                    .max()
                    .unwrap_or_default();
            }
            let same = part.same.iter().map(|&other| looks[other].cost).fold(0, u64::saturating_add);
            path = part.same.iter().map(|&other| looks[other].path).fold(path, u64::max);
            looks[number] = Look {
                cost: own.saturating_add(same.saturating_mul(part.again)),
                path: path.saturating_add(1),
            };
        }
        looks
    }
}

#[derive(Clone, Copy)]
enum VisitMark {
    Not,
    Open,
    Done,
}

fn find_anchors<'a>(value: &'a Value, anchors: &mut HashMap<&'a str, &'a Value>) {
    for keyword in ["$anchor", "$dynamicAnchor"] {
        if let Some(name) = value.get(keyword).and_then(Value::as_str) {
            anchors.insert(name, value);
        }
    }
    parts_of(value).for_each(|inside| find_anchors(inside, anchors));
}

/// The values directly inside a value.
fn parts_of(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match value {
        Value::Array(items) => Box::new(items.iter()),
        Value::Object(members) => Box::new(members.values()),
        _ => Box::new(std::iter::empty()),
    }
}

fn has_id(value: &Value) -> bool {
    value.get("$id").is_some_and(Value::is_string) || parts_of(value).any(has_id)
}

/// Levels of arrays and objects.
fn depth(value: &Value) -> usize {
    let inside = parts_of(value).map(depth).max();
    if value.is_array() || value.is_object() { 1 + inside.unwrap_or_default() } else { 0 }
}

/// Values in a keyword that holds no schema, such as `enum`.
fn values_in(value: &Value) -> u64 {
    parts_of(value).map(values_in).fold(1, u64::saturating_add)
}
