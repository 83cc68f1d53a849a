//! A layer is a part of what pages draw that can be switched off: optional content. Who opens the document does not see
//! those that are off from the start.

use std::collections::HashSet;

use hayro_syntax::Pdf;
use hayro_syntax::object::{Array, Dict, Name, Object, ObjectIdentifier};

/// Most layers of a document that are looked at. Drawings have hundreds.
const MAX_LAYERS: usize = 10_000;

/// The layers that are off when the document is opened.
#[derive(Default)]
pub(super) struct Layers(HashSet<ObjectIdentifier>);

impl Layers {
    pub(super) fn of(pdf: &Pdf) -> Self {
        let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id());
        let layers = catalog.and_then(|catalog| catalog.get::<Dict<'_>>("OCProperties"));
        let Some((layers, shown)) =
            layers.and_then(|layers| Some((layers.clone(), layers.get::<Dict<'_>>("D")?)))
        else {
            return Self::default();
        };
        let mut off = members(&shown, "OFF");
        // All of them may be off but those that are named.
        if shown.get::<Name<'_>>("BaseState").is_some_and(|state| *state == *b"OFF") {
            off.extend(members(&layers, "OCGs"));
            for on in members(&shown, "ON") {
                off.remove(&on);
            }
        }
        Self(off)
    }

    /// Whether what belongs to a layer, or to several of them, is not shown.
    pub(super) fn hide(&self, layer: &Dict<'_>) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let is_off = |layer: &Dict<'_>| layer.obj_id().is_some_and(|id| self.0.contains(&id));
        if layer.get::<Name<'_>>("Type").is_none_or(|kind| *kind != *b"OCMD") {
            return is_off(layer);
        }
        let several: Vec<bool> = match layer.get::<Object<'_>>("OCGs") {
            Some(Object::Array(layers)) => layers
                .iter::<Object<'_>>()
                .take(MAX_LAYERS)
                .filter_map(Object::into_dict)
                .map(|one| is_off(&one))
                .collect(),
            Some(Object::Dict(one)) => vec![is_off(&one)],
            _ => Vec::new(),
        };
        let policy = layer.get::<Name<'_>>("P");
        let (all, any) = (several.iter().all(|off| *off), several.contains(&true));
        let is_shown = match policy.as_deref() {
            Some(b"AllOn") => !any,
            Some(b"AnyOff") => any,
            Some(b"AllOff") => all,
            _ => !all,
        };
        !several.is_empty() && !is_shown
    }
}

fn members(dict: &Dict<'_>, key: &str) -> HashSet<ObjectIdentifier> {
    let all = dict.get::<Array<'_>>(key);
    let layers = all.iter().flat_map(|all| all.iter::<Object<'_>>()).take(MAX_LAYERS);
    layers.filter_map(|layer| layer.into_dict()?.obj_id()).collect()
}
