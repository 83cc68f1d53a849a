//! What a component consists of, counted before it is compiled.
//!
//! A few bytes can ask for a lot: components that instantiate each other twice at every level, or hundreds
//! of thousands of empty functions. Counting is linear in the bytes; compiling is not.

use wasmparser::{
    BinaryReaderError, ComponentAlias, ComponentExternalKind, ComponentInstance, ComponentOuterAliasKind,
    ComponentTypeRef, Encoding, Instance, Parser, Payload,
};

/// Components within components. Composed ones have two or three levels.
const DEPTH: usize = 20;
/// Core modules and nested components. A Python component has some dozens.
const UNITS: u64 = 1_000;
/// Instances, each time a component is instantiated counted with all that it instantiates.
const INSTANCES: u64 = 5_000;
/// Functions of all modules. A whole Python has some 20,000.
const FUNCTIONS: u64 = 60_000;
/// Types, imports, exports, segments, aliases and lifted or lowered functions, of each.
const ITEMS: u64 = 200_000;
/// Bytes of one function's code. Interpreters' main loops have some 200 KiB.
const FUNCTION: u64 = 2 << 20;
/// Bytes of all functions' code.
const CODE: u64 = 128 << 20;

/// Refuses a component that has more of something than any plugin needs. The error says of what and how
/// much is taken. What is not a component at all passes: the compiler says what is wrong with it.
pub(in crate::plugin) fn check(bytes: &[u8]) -> Result<(), String> {
    let mut counts = ModuleCounts::default();
    for payload in Parser::new(0).parse_all(bytes) {
        let Ok(payload) = payload else { return Ok(()) };
        match counts.add(payload) {
            Ok(()) => {}
            Err(CountStop::Unreadable) => return Ok(()),
            Err(CountStop::Refused(problem)) => return Err(problem),
        }
    }
    Ok(())
}

enum CountStop {
    Unreadable,
    Refused(String),
}

impl From<BinaryReaderError> for CountStop {
    fn from(_: BinaryReaderError) -> Self {
        Self::Unreadable
    }
}

#[derive(Default)]
struct ModuleCounts {
    /// The modules and components that are being read, the outermost first.
    open: Vec<OpenModule>,
    units: u64,
    functions: u64,
    code: u64,
    items: [u64; 6],
}

/// A module or component whose end has not come.
#[derive(Default)]
struct OpenModule {
    is_component: bool,
    /// Instances that one instance of this component makes, itself included.
    instances: u64,
    /// The same of each component it knows by number; `None` where that is only known when it runs.
    components: Vec<Option<u64>>,
}

impl ModuleCounts {
    fn add(&mut self, payload: Payload<'_>) -> Result<(), CountStop> {
        match payload {
            Payload::Version { encoding, .. } => {
                self.units += 1;
                most(self.units, UNITS, "modules and nested components")?;
                self.open.push(OpenModule {
                    is_component: encoding == Encoding::Component,
                    instances: 1,
                    ..OpenModule::default()
                });
                most(self.open.len() as u64, DEPTH as u64, "levels of nested components")?;
            }
            Payload::End(_) => self.close(),
            Payload::FunctionSection(section) => {
                self.functions += u64::from(section.count());
                most(self.functions, FUNCTIONS, "functions")?;
            }
            Payload::CodeSectionEntry(body) => {
                let size = body.range().len() as u64;
                most(size, FUNCTION, "bytes in one function")?;
                self.code += size;
                most(self.code, CODE, "bytes of code")?;
            }
            Payload::TypeSection(section) => self.items(0, section.count())?,
            Payload::ComponentTypeSection(section) => self.items(0, section.count())?,
            Payload::CoreTypeSection(section) => self.items(0, section.count())?,
            Payload::ImportSection(section) => self.items(1, section.count())?,
            Payload::ExportSection(section) => self.items(2, section.count())?,
            Payload::ElementSection(section) => self.items(3, section.count())?,
            Payload::DataSection(section) => self.items(3, section.count())?,
            Payload::GlobalSection(section) => self.items(3, section.count())?,
            Payload::ComponentCanonicalSection(section) => self.items(4, section.count())?,
            other => self.add_of_component(other)?,
        }
        Ok(())
    }

    /// The sections that make instances, and those that give components a number.
    fn add_of_component(&mut self, payload: Payload<'_>) -> Result<(), CountStop> {
        match payload {
            Payload::InstanceSection(section) => {
                for instance in section {
                    let made = u64::from(matches!(instance?, Instance::Instantiate { .. }));
                    self.instances(made)?;
                }
            }
            Payload::ComponentInstanceSection(section) => {
                for instance in section {
                    if let ComponentInstance::Instantiate { component_index, .. } = instance? {
                        let made = self.known(0, component_index)?.ok_or_else(|| {
                            CountStop::Refused(
                                "it instantiates a component that it is only given when it runs, which is not taken"
                                    .to_owned(),
                            )
                        })?;
                        self.instances(made)?;
                    }
                }
            }
            Payload::ComponentAliasSection(section) => {
                self.items(5, section.count())?;
                for alias in section {
                    match alias? {
                        ComponentAlias::Outer { kind: ComponentOuterAliasKind::Component, count, index } => {
                            let known = self.known(count as usize, index)?;
                            self.number(known);
                        }
                        ComponentAlias::InstanceExport { kind: ComponentExternalKind::Component, .. } => {
                            self.number(None);
                        }
                        _ => {}
                    }
                }
            }
            Payload::ComponentImportSection(section) => {
                self.items(1, section.count())?;
                for import in section {
                    if let ComponentTypeRef::Component(_) = import?.ty {
                        self.number(None);
                    }
                }
            }
            Payload::ComponentExportSection(section) => {
                self.items(2, section.count())?;
                for export in section {
                    let export = export?;
                    // An export has a number of its own.
                    if export.kind == ComponentExternalKind::Component {
                        let known = self.known(0, export.index)?;
                        self.number(known);
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn items(&mut self, of: usize, count: u32) -> Result<(), CountStop> {
        const NAMES: [&str; 6] = [
            "types",
            "imports",
            "exports",
            "segments and globals",
            "lifted and lowered functions",
            "aliases",
        ];
        self.items[of] += u64::from(count);
        most(self.items[of], ITEMS, NAMES[of])
    }

    /// More instances in the innermost component.
    fn instances(&mut self, made: u64) -> Result<(), CountStop> {
        let open = self.open.last_mut().ok_or(CountStop::Unreadable)?;
        open.instances = open.instances.saturating_add(made);
        most(open.instances, INSTANCES, "instances, counted each time a component is instantiated")
    }

    /// The component with this number, so many levels out.
    fn known(&self, out: usize, index: u32) -> Result<Option<u64>, CountStop> {
        let open = self.open.len().checked_sub(1).and_then(|last| last.checked_sub(out));
        let open = open.and_then(|place| self.open.get(place)).ok_or(CountStop::Unreadable)?;
        open.components.get(index as usize).copied().ok_or(CountStop::Unreadable)
    }

    fn number(&mut self, component: Option<u64>) {
        if let Some(open) = self.open.last_mut() {
            open.components.push(component);
        }
    }

    fn close(&mut self) {
        if let Some(closed) = self.open.pop()
            && closed.is_component
        {
            self.number(Some(closed.instances));
        }
    }
}

fn most(count: u64, limit: u64, what: &str) -> Result<(), CountStop> {
    if count > limit {
        return Err(CountStop::Refused(format!("it has {count} {what}; at most {limit} are compiled")));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
