//! `kb check`: are the documents of a base whole?

use super::{CommandError, counted, find};
use crate::clean;
use crate::knowledge::{Base, Library};

/// Fails where something has to be done about a base.
pub(super) async fn run(library: &Library, base: Option<&str>) -> Result<(), CommandError> {
    let mut failures = Vec::new();
    for name in library.names().filter(|name| base.is_none_or(|base| base == *name)) {
        if let Err(failure) = check(find(library, name)?).await {
            failures.push(format!("\n  {name}: {failure}"));
        }
    }
    if let Some(unknown) = base.filter(|base| library.base(base).is_none()) {
        find(library, unknown)?;
    }
    if failures.is_empty() { Ok(()) } else { Err(format!("not all is well:{}", failures.concat())) }
}

async fn check(base: &Base) -> Result<(), CommandError> {
    let report = base.check().await.map_err(|error| error.to_string())?;
    outln!(
        "{}: {}, {} repaired, {} lost, {} left over from broken imports and removed",
        base.name(),
        counted(report.documents, "document"),
        report.mended.len(),
        report.lost.len(),
        report.left_over
    );
    for id in &report.mended {
        outln!("  repaired\t{}", clean::line(id));
    }
    for id in &report.lost {
        outln!("  lost\t{}", clean::line(id));
    }
    let another_model = base.look_for_another_model().await.map_err(|error| error.to_string()).err();
    let lost = (!report.lost.is_empty()).then(|| {
        let lost = counted(report.lost.len(), "document");
        format!("{lost} had lost a part, and what was left is deleted; import what is named above again")
    });
    let all: Vec<String> = [lost, another_model, base.warning()].into_iter().flatten().collect();
    if all.is_empty() { Ok(()) } else { Err(all.join("; ")) }
}
