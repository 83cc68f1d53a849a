//! The files of the host's sources as modules, and which of them imports which.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A module's path below the crate, such as `["plugin", "call", "log"]`.
pub(super) type Module = Vec<String>;

/// The modules with their code: without comments, unit tests, and files that are only tests.
pub(super) struct Files {
    code: BTreeMap<Module, String>,
    /// What a module gives on under a name of its own: where it is defined.
    given_on: BTreeMap<(Module, String), Module>,
    /// Modules that only their parent and what is below it can name.
    private: BTreeSet<Module>,
}

impl Files {
    /// Reads all of a crate's `src`.
    pub(super) fn read(folder: &Path) -> Self {
        let mut code = BTreeMap::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(next) = folders.pop() {
            for entry in std::fs::read_dir(next).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                if path.is_dir() {
                    if name != "tests" {
                        folders.push(path);
                    }
                } else if name.ends_with(".rs") && !name.ends_with("tests.rs") {
                    let below = path.strip_prefix(folder).unwrap().with_extension("");
                    let mut module: Module =
                        below.iter().map(|part| part.to_string_lossy().into_owned()).collect();
                    module.pop_if(|last| *last == "mod");
                    code.insert(module, code_of(&std::fs::read_to_string(&path).unwrap()));
                }
            }
        }
        Self::of(code)
    }

    /// The same of code that is at hand.
    pub(super) fn of(code: BTreeMap<Module, String>) -> Self {
        let mut private = BTreeSet::new();
        for (module, code) in &code {
            let lines = code.lines().map(str::trim);
            let children = lines.filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'));
            private.extend(children.map(|child| [module.as_slice(), &[child.to_owned()]].concat()));
        }
        let mut files = Self { code, given_on: BTreeMap::new(), private };
        for (module, code) in &files.code {
            for (is_public, path) in uses(code) {
                if let Some((target, rest)) = files.resolved(module, &path)
                    && is_public
                    && let Some(name) = rest.last().or(path.last())
                {
                    files.given_on.insert((module.clone(), name.clone()), target);
                }
            }
        }
        files
    }

    /// Which modules each module imports, by `use` or by a path in its code: where each thing is defined, not
    /// the face that gives it on. A face imports what lies elsewhere although it only gives it on; what lies
    /// below the face is its own.
    pub(super) fn imports(&self) -> BTreeMap<Module, BTreeSet<Module>> {
        self.arrows(|module, is_given_on, path| {
            self.defined(module, path).filter(|target| !is_given_on || !target.starts_with(module))
        })
    }

    /// Paths that reach past a face, as "from -> to": the module that the path itself leads to lies more than one
    /// module below the ancestor that both have in common.
    pub(super) fn past_faces(&self) -> BTreeSet<(Module, Module)> {
        let arrows = self.arrows(|module, _, path| Some(self.resolved(module, path)?.0));
        let pairs =
            arrows.into_iter().flat_map(|(from, to)| to.into_iter().map(move |to| (from.clone(), to)));
        pairs
            .filter(|(from, to)| {
                let common = from.iter().zip(to).take_while(|(a, b)| a == b).count();
                to.len() > common + 1
            })
            .collect()
    }

    /// The targets of every path of every module, as `target` finds them; it is also told whether the path is
    /// one that the module gives on.
    fn arrows(
        &self,
        target: impl Fn(&Module, bool, &[String]) -> Option<Module>,
    ) -> BTreeMap<Module, BTreeSet<Module>> {
        let mut arrows = BTreeMap::new();
        for (module, code) in &self.code {
            let used = uses(code);
            let body = without_uses(code);
            let mut found = inline(&body);
            found.extend(self.bare(module, &body));
            found.extend(self.through_aliases(module, &body, &used));
            let paths = used.into_iter().chain(found.into_iter().map(|path| (false, path)));
            let targets = paths.filter_map(|(is_given_on, path)| target(module, is_given_on, &path));
            arrows.insert(module.clone(), targets.filter(|target| target != module).collect());
        }
        arrows
    }

    /// The paths in the code that begin with the name of a child, such as `child::f()`.
    fn bare(&self, module: &Module, code: &str) -> Vec<Vec<String>> {
        let below = self.code.keys().filter(|other| other.len() == module.len() + 1);
        let children = below.filter(|other| other.starts_with(module)).filter_map(|child| child.last());
        children.flat_map(|child| paths_from(code, &format!("{child}::"))).collect()
    }

    /// The paths in the code that begin with a module which a `use` has brought in: `use crate::a;` and `a::f()`.
    fn through_aliases(&self, module: &Module, code: &str, used: &[(bool, Vec<String>)]) -> Vec<Vec<String>> {
        let mut found = Vec::new();
        for (_, path) in used {
            let is_module = self.resolved(module, path).is_some_and(|(_, rest)| rest.is_empty());
            if let Some(name) = path.last().filter(|_| is_module && path.len() > 1) {
                let behind = paths_from(code, &format!("{name}::"));
                found.extend(behind.into_iter().map(|behind| [path, &behind[1..]].concat()));
            }
        }
        found
    }

    fn defined(&self, module: &Module, path: &[String]) -> Option<Module> {
        let (mut target, rest) = self.resolved(module, path)?;
        let Some(name) = rest.first() else { return Some(target) };
        // A ring of faces would be an error of the compiler's; this bound is for a mistake here.
        for _ in 0..8 {
            match self.given_on.get(&(target.clone(), name.clone())) {
                Some(next) => target = next.clone(),
                None => break,
            }
        }
        Some(target)
    }

    /// The module that a path leads to and what is left of the path; `None` where it leaves the crate.
    fn resolved(&self, module: &Module, path: &[String]) -> Option<(Module, Vec<String>)> {
        let (mut target, mut rest) = match path.first()?.as_str() {
            "crate" => (Module::new(), &path[1..]),
            "self" => (module.clone(), &path[1..]),
            "super" => {
                let ups = path.iter().take_while(|part| *part == "super").count();
                (module[..module.len().checked_sub(ups)?].to_vec(), &path[ups..])
            }
            child => {
                let child: Module = module.iter().cloned().chain([child.to_owned()]).collect();
                self.code.contains_key(&child).then(|| (module.clone(), path))?
            }
        };
        while let Some(part) = rest.first() {
            let next: Module = target.iter().cloned().chain([part.clone()]).collect();
            // From outside, the name of a private module can only mean what the face gives on under the same name.
            let is_hidden = !module.starts_with(&target) && self.private.contains(&next);
            if is_hidden || !self.code.contains_key(&next) {
                break;
            }
            (target, rest) = (next, &rest[1..]);
        }
        self.code.contains_key(&target).then(|| (target, rest.to_vec()))
    }
}

/// A source without its comments and without what it says of its unit tests: only the lines that name them, so that
/// code behind them is read.
pub(super) fn code_of(source: &str) -> String {
    let is_of_tests = |line: &str| {
        let line = line.trim_start();
        line.ends_with(';') && (line.starts_with("mod ") || line.starts_with("pub") && line.contains(" use "))
    };
    let mut lines: Vec<&str> = Vec::new();
    for line in source.lines().filter(|line| !line.trim_start().starts_with("//")) {
        if is_of_tests(line) && lines.last().is_some_and(|above| above.trim() == "#[cfg(test)]") {
            lines.pop();
        } else {
            lines.push(line);
        }
    }
    lines.join("\n")
}

/// Where a source's `use` statements stand, each from its keyword on, and whether each is given on.
fn statements(code: &str) -> Vec<(bool, std::ops::Range<usize>)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("use ") {
        let line = code[..at].rsplit('\n').next().unwrap_or_default().trim_start();
        if line.is_empty() || (line.starts_with("pub") && !line.contains(';')) {
            let end = code[at..].find(';').map_or(code.len(), |end| at + end);
            found.push((!line.is_empty(), at..end));
        }
    }
    found
}

/// The paths that `use` statements name, and whether each is given on.
fn uses(code: &str) -> Vec<(bool, Vec<String>)> {
    let mut found = Vec::new();
    for (is_given_on, place) in statements(code) {
        let mut paths = Vec::new();
        expand(&[], code[place].trim_start_matches("use "), &mut paths);
        found.extend(paths.into_iter().map(|path| (is_given_on, path)));
    }
    found
}

/// The code without its `use` statements.
fn without_uses(code: &str) -> String {
    let (mut body, mut from) = (String::new(), 0);
    for (_, place) in statements(code) {
        body.push_str(&code[from..place.start]);
        from = place.end;
    }
    body + &code[from..]
}

/// The paths of a use tree.
fn expand(prefix: &[String], tree: &str, paths: &mut Vec<Vec<String>>) {
    let parts = |text: &str| -> Vec<String> {
        let text = text.split(" as ").next().unwrap_or_default();
        text.split("::").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let Some((head, group)) = tree.split_once('{') else {
        let path = [prefix, &parts(tree)].concat();
        // `a::{self, B}` names `a` itself.
        paths.push(match path.split_last() {
            Some((last, before)) if last == "self" && !before.is_empty() => before.to_vec(),
            _ => path,
        });
        return;
    };
    let prefix = [prefix, &parts(head)].concat();
    let group = group.rsplit_once('}').map_or(group, |(group, _)| group);
    let (mut depth, mut from) = (0_usize, 0);
    for (at, character) in group.char_indices().chain([(group.len(), ',')]) {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                if !group[from..at].trim().is_empty() {
                    expand(&prefix, &group[from..at], paths);
                }
                from = at + 1;
            }
            _ => {}
        }
    }
}

/// The paths in the code itself that begin with `crate::` or `super::`.
fn inline(code: &str) -> Vec<Vec<String>> {
    ["crate::", "super::"].into_iter().flat_map(|begin| paths_from(code, begin)).collect()
}

/// The paths in the code itself that begin with `begin`; `pub(in crate::…)` imports nothing.
fn paths_from(code: &str, begin: &str) -> Vec<Vec<String>> {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let mut found = Vec::new();
    for (at, _) in code.match_indices(begin) {
        let before = &code[..at];
        let is_begin = !before.ends_with(|before| is_word(before) || before == ':' || before == '.');
        if is_begin && !before.ends_with("(in ") {
            let path = code[at..].split(|after| !is_word(after) && after != ':').next().unwrap_or_default();
            let parts = path.split("::").filter(|part| !part.is_empty()).map(str::to_owned);
            found.push(parts.collect());
        }
    }
    found
}

/// Sets of modules that import one another in a ring, each with its arrows. A part may use what the file of a folder
/// above it defines, which in turn uses its parts: this is how modules are built, and no ring.
pub(super) fn rings(imports: &BTreeMap<Module, BTreeSet<Module>>) -> Vec<Vec<String>> {
    let mut imports = imports.clone();
    for (module, targets) in &mut imports {
        targets.retain(|target| !module.starts_with(target));
    }
    let reached = |from: &Module| {
        let (mut seen, mut next) = (BTreeSet::new(), vec![from]);
        while let Some(module) = next.pop() {
            for target in imports.get(module).into_iter().flatten() {
                if seen.insert(target) {
                    next.push(target);
                }
            }
        }
        seen
    };
    let reached: BTreeMap<&Module, BTreeSet<&Module>> =
        imports.keys().map(|module| (module, reached(module))).collect();
    let together = |a: &Module, b: &Module| {
        reached.get(a).is_some_and(|of| of.contains(b)) && reached.get(b).is_some_and(|of| of.contains(a))
    };
    let mut known = BTreeSet::new();
    let mut rings = Vec::new();
    for module in imports.keys().filter(|module| together(module, module)) {
        let ring: Vec<&Module> = imports.keys().filter(|other| together(module, other)).collect();
        if known.insert(ring.clone()) {
            let arrows = ring.iter().flat_map(|from| {
                let to = imports[*from].iter().filter(|to| ring.contains(to));
                to.map(|to| format!("{} -> {}", from.join("/"), to.join("/")))
            });
            rings.push(arrows.collect());
        }
    }
    rings
}
