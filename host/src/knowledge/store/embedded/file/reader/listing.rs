//! Lists and figures of the documents: what SQL can tell is counted by it, metadata is looked at row by row.

use std::collections::HashMap;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::{FileReader, INFO, info_of};
use crate::knowledge::filter::Filter;
use crate::knowledge::metadata::Metadata;
use crate::knowledge::store::embedded::file::broken;
use crate::knowledge::store::listing::MOST_ORIGINS;
use crate::knowledge::store::{
    DocumentFilter, DocumentPage, DocumentQuery, DocumentTotals, DocumentVersion, StoreError,
};

/// All of a filter but its metadata; the places are filled by [`values`].
const CONDITIONS: &str = "(?1 IS NULL OR instr(lower(id), ?1) > 0 OR instr(lower(title), ?1) > 0) \
     AND (?2 IS NULL OR coalesce(origin, '') = ?2) AND (?3 IS NULL OR (notes != '') = ?3) \
     AND (?4 IS NULL OR (windows = 0) = ?4) AND (?5 IS NULL OR imported_at >= ?5) AND (?6 IS NULL OR imported_at <= ?6)";

fn values(filter: &DocumentFilter) -> [Value; 6] {
    let moment = |moment: Option<u64>| moment.map(|moment| i64::try_from(moment).unwrap_or(i64::MAX));
    [
        filter.q.as_deref().map(str::to_ascii_lowercase).into(),
        filter.origin.clone().into(),
        filter.noted.into(),
        filter.off.into(),
        moment(filter.from).into(),
        moment(filter.to).into(),
    ]
}

impl FileReader {
    /// Some of the documents, by id.
    pub(in super::super::super) fn page(&self, wanted: &DocumentQuery) -> Result<DocumentPage, StoreError> {
        let read = || {
            let snapshot = self.connection.unchecked_transaction()?;
            match &wanted.filter.metadata {
                None => page(&snapshot, wanted),
                Some(metadata) => page_with(&snapshot, wanted, metadata),
            }
        };
        read().map_err(|error| broken(&self.path, &error))
    }

    /// The versions of all documents that pass.
    pub(in super::super::super) fn versions(
        &self,
        filter: &DocumentFilter,
    ) -> Result<Vec<DocumentVersion>, StoreError> {
        versions(&self.connection, filter).map_err(|error| broken(&self.path, &error))
    }

    /// When those of these documents were imported that there are.
    pub(in super::super::super) fn imported_at(
        &self,
        ids: &[String],
    ) -> Result<HashMap<String, u64>, StoreError> {
        let read = || {
            let mut query = self.connection.prepare_cached(
                "SELECT id, imported_at FROM documents WHERE id IN (SELECT value FROM json_each(?1))",
            )?;
            let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()));
            query.query_map([serde_json::json!(ids).to_string()], row)?.collect::<rusqlite::Result<_>>()
        };
        read().map_err(|error| broken(&self.path, &error))
    }

    /// The documents in figures.
    pub(in super::super::super) fn totals(&self) -> Result<DocumentTotals, StoreError> {
        let read = || {
            let snapshot = self.connection.unchecked_transaction()?;
            let number =
                |row: &rusqlite::Row<'_>, column: usize| row.get::<_, i64>(column).map(i64::unsigned_abs);
            let mut totals = snapshot.query_row(
                "SELECT count(*), coalesce(sum(windows), 0), coalesce(sum(bytes), 0), \
                 count(*) FILTER (WHERE notes != ''), count(*) FILTER (WHERE windows = 0) FROM documents",
                [],
                |row| {
                    Ok(DocumentTotals {
                        documents: number(row, 0)?,
                        windows: number(row, 1)?,
                        bytes: number(row, 2)?,
                        noted: number(row, 3)?,
                        off: number(row, 4)?,
                        origins: Vec::new(),
                    })
                },
            )?;
            let mut origins = snapshot.prepare_cached(
                "SELECT origin, count(*) FROM documents GROUP BY origin ORDER BY count(*) DESC, origin LIMIT ?1",
            )?;
            let origins =
                origins.query_map([MOST_ORIGINS as i64], |row| Ok((row.get(0)?, number(row, 1)?)))?;
            totals.origins = origins.collect::<rusqlite::Result<_>>()?;
            Ok(totals)
        };
        read().map_err(|error| broken(&self.path, &error))
    }
}

fn page(snapshot: &Connection, wanted: &DocumentQuery) -> rusqlite::Result<DocumentPage> {
    let mut values = values(&wanted.filter).to_vec();
    let total: i64 = snapshot
        .prepare_cached(&format!("SELECT count(*) FROM documents WHERE {CONDITIONS}"))?
        .query_row(params_from_iter(&values), |row| row.get(0))?;
    let mut query = snapshot.prepare_cached(&format!(
        "SELECT {INFO} FROM documents WHERE {CONDITIONS} AND (?7 IS NULL OR id > ?7) ORDER BY id LIMIT ?8 OFFSET ?9"
    ))?;
    values.push(wanted.after.clone().into());
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    values.extend([number(wanted.limit).into(), number(wanted.skip).into()]);
    let documents = query.query_map(params_from_iter(&values), info_of)?.collect::<rusqlite::Result<_>>()?;
    Ok(DocumentPage { documents, total: total.unsigned_abs() })
}

/// A page of those whose metadata passes too, which SQL cannot tell.
fn page_with(
    snapshot: &Connection,
    wanted: &DocumentQuery,
    metadata: &Filter,
) -> rusqlite::Result<DocumentPage> {
    let ids = ids_with(snapshot, &wanted.filter, metadata)?;
    let mut query = snapshot.prepare_cached(&format!("SELECT {INFO} FROM documents WHERE id = ?1"))?;
    let is_after = |id: &&String| wanted.after.as_ref().is_none_or(|after| *id > after);
    let documents = ids.iter().filter(is_after).skip(wanted.skip).take(wanted.limit);
    let documents = documents.map(|id| query.query_row([id], info_of));
    Ok(DocumentPage { documents: documents.collect::<rusqlite::Result<_>>()?, total: ids.len() as u64 })
}

fn versions(reader: &Connection, filter: &DocumentFilter) -> rusqlite::Result<Vec<DocumentVersion>> {
    let mut query = reader.prepare_cached(&format!(
        "SELECT id, digest, imported_at, metadata FROM documents WHERE {CONDITIONS} ORDER BY id"
    ))?;
    let mut rows = query.query(params_from_iter(values(filter)))?;
    let mut versions = Vec::new();
    while let Some(row) = rows.next()? {
        if let Some(metadata) = &filter.metadata
            && !metadata.admits(&Metadata::stored(row.get_ref(3)?.as_str()?))
        {
            continue;
        }
        let imported_at = row.get::<_, i64>(2)?.unsigned_abs();
        versions.push(DocumentVersion { id: row.get(0)?, digest: row.get(1)?, imported_at });
    }
    Ok(versions)
}

fn ids_with(
    reader: &Connection,
    filter: &DocumentFilter,
    metadata: &Filter,
) -> rusqlite::Result<Vec<String>> {
    let mut query = reader
        .prepare_cached(&format!("SELECT id, metadata FROM documents WHERE {CONDITIONS} ORDER BY id"))?;
    let mut rows = query.query(params_from_iter(values(filter)))?;
    let mut ids = Vec::new();
    while let Some(row) = rows.next()? {
        if metadata.admits(&Metadata::stored(row.get_ref(1)?.as_str()?)) {
            ids.push(row.get(0)?);
        }
    }
    Ok(ids)
}
