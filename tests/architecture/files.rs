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
        let mut files = Self { code, given_on: BTreeMap::new() };
        for (module, code) in &files.code {
            for (is_public, path) in uses(code) {
                if let Some((target, rest)) = files.resolved(module, &path)
                    && is_public
                    && let Some(name) = rest.last()
                {
                    files.given_on.insert((module.clone(), name.clone()), target);
                }
            }
        }
        files
    }

    /// Which modules each module imports, by `use` or by a path in its code: where each thing is defined, not
    /// the face that gives it on.
    pub(super) fn imports(&self) -> BTreeMap<Module, BTreeSet<Module>> {
        let mut imports = BTreeMap::new();
        for (module, code) in &self.code {
            let used = uses(code).into_iter().filter(|(is_public, _)| !is_public).map(|(_, path)| path);
            let targets = used.chain(inline(code)).filter_map(|path| self.defined(module, &path));
            imports.insert(module.clone(), targets.filter(|target| target != module).collect());
        }
        imports
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
            if !self.code.contains_key(&next) {
                break;
            }
            (target, rest) = (next, &rest[1..]);
        }
        self.code.contains_key(&target).then(|| (target, rest.to_vec()))
    }
}

/// A source without its comments and unit tests.
pub(super) fn code_of(source: &str) -> String {
    let code = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The paths that `use` statements name, and whether each is given on.
fn uses(code: &str) -> Vec<(bool, Vec<String>)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("use ") {
        let line = code[..at].rsplit('\n').next().unwrap_or_default().trim_start();
        if line.is_empty() || (line.starts_with("pub") && !line.contains(';')) {
            let tree = code[at + 4..].split(';').next().unwrap_or_default();
            let mut paths = Vec::new();
            expand(&[], tree, &mut paths);
            found.extend(paths.into_iter().map(|path| (!line.is_empty(), path)));
        }
    }
    found
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
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let mut found = Vec::new();
    for begin in ["crate::", "super::"] {
        for (at, _) in code.match_indices(begin) {
            let is_begin = !code[..at].ends_with(|before| is_word(before) || before == ':');
            let line = code[..at].rsplit('\n').next().unwrap_or_default();
            // `use` trees were read as such, and `pub(in crate::…)` imports nothing.
            if is_begin && !line.contains("use ") && !line.ends_with("(in ") {
                let path =
                    code[at..].split(|after| !is_word(after) && after != ':').next().unwrap_or_default();
                let parts = path.split("::").filter(|part| !part.is_empty()).map(str::to_owned);
                found.push(parts.collect());
            }
        }
    }
    found
}

/// Sets of modules that import one another in a ring, each with its arrows.
pub(super) fn rings(imports: &BTreeMap<Module, BTreeSet<Module>>) -> Vec<Vec<String>> {
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
