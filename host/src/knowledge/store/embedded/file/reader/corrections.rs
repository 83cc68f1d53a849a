//! Which of the stored questions that were found are corrected, by the keys of all their wordings.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use rusqlite::{Connection, params};

use super::super::super::index::WindowPlace;
use super::{INFO, info_of, read_section};
use crate::knowledge::correction_documents::{DOCUMENT, is_correction};
use crate::knowledge::filter::Filter;
use crate::knowledge::store::{Candidate, CorrectingSection, DocumentInfo, Search};

/// A correction in the file.
struct StoredCorrection {
    document: Arc<DocumentInfo>,
    version: i64,
    ordinal: u32,
    range: Range<u32>,
}

impl StoredCorrection {
    fn is_same(&self, other: &Self) -> bool {
        (self.version, self.ordinal) == (other.version, other.ordinal)
    }

    fn read(&self, connection: &Connection) -> rusqlite::Result<Arc<CorrectingSection>> {
        Ok(Arc::new(CorrectingSection {
            document: Arc::clone(&self.document),
            ordinal: self.ordinal,
            section: Arc::new(read_section(connection, self.version, self.ordinal)?),
            range: self.range.clone(),
        }))
    }
}

/// Adds to each candidate its corrections. `places` says of each where its best window is, `asking` which sections have a
/// question with a key. A wording that several questions have does not say which of them is corrected, but for the one whose
/// first wording it is, unless it is what is asked.
pub(super) fn add(
    connection: &Connection,
    candidates: &mut [Candidate],
    places: &[WindowPlace],
    search: &Search,
    asking: impl Fn(&str) -> HashSet<(i64, u32)>,
) -> rusqlite::Result<()> {
    let is_entry =
        |candidate: &Candidate| candidate.section.answer.is_some() && !is_correction(&candidate.document.id);
    if !candidates.iter().any(is_entry) {
        return Ok(());
    }
    let by_key = by_key(connection, &search.filters)?;
    if by_key.is_empty() {
        return Ok(());
    }
    let versions: HashSet<i64> = by_key.values().map(|one| one.version).collect();
    let is_shared =
        |key: &str| asking(key).iter().filter(|(version, _)| !versions.contains(version)).count() > 1;
    for (candidate, &place) in candidates.iter_mut().zip(places) {
        if !is_entry(candidate) {
            continue;
        }
        let mut found: Vec<&StoredCorrection> = Vec::new();
        for (at, key) in keys(connection, place)?.into_iter().enumerate() {
            let Some((key, one)) = key.and_then(|key| by_key.get_key_value(&key)) else { continue };
            let is_asked = search.asked.as_ref().is_some_and(|asked| asked.key() == key);
            if is_asked {
                found.retain(|other| !other.is_same(one));
                found.insert(0, one);
            } else if !found.iter().any(|other| other.is_same(one)) && (at == 0 || !is_shared(key)) {
                found.push(one);
            }
        }
        candidate.corrections =
            found.into_iter().map(|one| one.read(connection)).collect::<rusqlite::Result<_>>()?;
    }
    Ok(())
}

/// All corrections of documents that the filters admit, by the keys of their wordings.
fn by_key(
    connection: &Connection,
    filters: &[Filter],
) -> rusqlite::Result<HashMap<String, StoredCorrection>> {
    let mut by_key = HashMap::new();
    // Ids that begin with it, by the index.
    let mut documents = connection.prepare_cached(&format!(
        "SELECT {INFO}, version FROM documents WHERE id >= ?1 AND id < ?1 || 'a' ORDER BY id"
    ))?;
    let mut windows = connection.prepare_cached(
        "SELECT section, start, end, key FROM windows WHERE version = ?1 AND key IS NOT NULL ORDER BY ordinal",
    )?;
    let named = documents
        .query_map([DOCUMENT], |row| Ok((info_of(row)?, row.get::<_, i64>("version")?)))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    for (info, version) in named {
        if !is_correction(&info.id) || !filters.iter().all(|filter| filter.admits(&info.metadata)) {
            continue;
        }
        let document = Arc::new(info);
        let mut rows = windows.query([version])?;
        while let Some(row) = rows.next()? {
            let key: String = row.get(3)?;
            by_key.entry(key).or_insert(StoredCorrection {
                document: Arc::clone(&document),
                version,
                ordinal: row.get(0)?,
                range: row.get(1)?..row.get(2)?,
            });
        }
    }
    Ok(by_key)
}

/// The keys of all wordings of the question that a window is one of. The windows of a section stand together.
fn keys(connection: &Connection, place: WindowPlace) -> rusqlite::Result<Vec<Option<String>>> {
    let read = |from_there: &str| -> rusqlite::Result<Vec<Option<String>>> {
        let mut windows = connection.prepare_cached(&format!(
            "SELECT section, key FROM windows WHERE version = ?1 AND ordinal {from_there}"
        ))?;
        let mut rows = windows.query(params![place.version, place.ordinal])?;
        let mut keys = Vec::new();
        while let Some(row) = rows.next()? {
            if row.get::<_, u32>(0)? != place.section {
                break;
            }
            keys.push(row.get(1)?);
        }
        Ok(keys)
    };
    let mut keys = read("< ?2 ORDER BY ordinal DESC")?;
    keys.reverse();
    keys.extend(read(">= ?2 ORDER BY ordinal")?);
    Ok(keys)
}
