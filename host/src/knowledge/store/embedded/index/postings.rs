//! Postings say which windows hold a term and with what weight, rounded: near enough to choose
//! candidates by, which are then scored by their true weights.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::Slot;
use crate::knowledge::terms::TermId;

/// A posting is a slot and a weight in four bytes.
pub(super) const MOST_SLOTS: usize = 1 << 24;
/// A weight is rounded to a 64th, and at most 255 of them: BM25's are below 2.2.
pub(super) const STEPS: f32 = 64.0;
/// A search, a purge and a writer meet in one part at a time.
pub(super) const PARTS: usize = 64;
/// Below so many windows no term is worth a table.
const TABLES_FROM: usize = 4096;
/// A term in more than one of so many windows has a table with a byte for every window.
const TABLE_SHARE: usize = 8;

#[derive(Default)]
pub(super) struct Postings {
    parts: Vec<HashMap<TermId, List, BuildHasherDefault<TermHasher>>>,
}

/// One term's windows.
enum List {
    /// Slot times 256 plus the weight.
    Sparse(Vec<u32>),
    /// The weight by slot, 0 where the window lacks the term.
    Table { weights: Vec<u8>, count: usize },
}

impl Postings {
    /// `slots` is how many there are in all.
    pub(super) fn insert(&mut self, slot: Slot, weights: &[(TermId, f32)], slots: usize) {
        if self.parts.is_empty() {
            self.parts.resize_with(PARTS, HashMap::default);
        }
        for &(term, weight) in weights {
            let list = self.parts[part(term)].entry(term).or_insert_with(|| List::Sparse(Vec::new()));
            list.insert(slot, (weight * STEPS).round().clamp(1.0, 255.0) as u8, slots);
        }
    }

    /// The number of windows that contain a term. `live` says which windows count, where not all do.
    pub(super) fn count(&self, term: TermId, live: Option<&dyn Fn(Slot) -> bool>) -> u64 {
        let count = match (self.list(term), live) {
            (None, _) => 0,
            (Some(List::Sparse(list)), None) => list.len(),
            (Some(List::Table { count, .. }), None) => *count,
            (Some(List::Sparse(list)), Some(live)) => list.iter().filter(|&&p| live(p >> 8)).count(),
            (Some(List::Table { weights, .. }), Some(live)) => {
                weights.iter().zip(0..).filter(|&(&weight, slot)| weight > 0 && live(slot)).count()
            }
        };
        count as u64
    }

    /// Adds what a term gives to the sums of its windows.
    pub(super) fn add(&self, term: TermId, share: f32, sums: &mut [f32]) {
        let share = share / STEPS;
        match self.list(term) {
            None => {}
            Some(List::Sparse(list)) => {
                for &posting in list {
                    if let Some(sum) = sums.get_mut((posting >> 8) as usize) {
                        *sum += share * (posting & 0xff) as f32;
                    }
                }
            }
            Some(List::Table { weights, .. }) => {
                for (sum, &weight) in sums.iter_mut().zip(weights) {
                    *sum += share * f32::from(weight);
                }
            }
        }
    }

    /// A common term's weights by slot, rounded; what is beyond its end is 0.
    pub(super) fn table(&self, term: TermId) -> Option<&[u8]> {
        match self.list(term)? {
            List::Table { weights, .. } => Some(weights),
            List::Sparse(_) => None,
        }
    }

    /// Takes the windows that do not count out of one part.
    pub(super) fn purge(&mut self, part: usize, live: impl Fn(Slot) -> bool, slots: usize) {
        let Some(part) = self.parts.get_mut(part) else { return };
        part.retain(|_, list| list.purge(&live, slots) > 0);
        part.shrink_to(part.len() * 2);
    }

    fn list(&self, term: TermId) -> Option<&List> {
        self.parts.get(part(term))?.get(&term)
    }
}

impl List {
    fn insert(&mut self, slot: Slot, weight: u8, slots: usize) {
        match self {
            Self::Sparse(list) => {
                if list.len() == list.capacity() {
                    list.reserve_exact((list.len() / 4).max(2));
                }
                list.push(slot << 8 | u32::from(weight));
                if slots >= TABLES_FROM && list.len() > slots / TABLE_SHARE {
                    *self = Self::table(list, slots);
                }
            }
            Self::Table { weights, count } => {
                let at = slot as usize;
                if at >= weights.len() {
                    if at >= weights.capacity() {
                        weights.reserve_exact((at + 1 - weights.len()).max(weights.len() / 8));
                    }
                    weights.resize(at + 1, 0);
                }
                *count += usize::from(weights[at] == 0);
                weights[at] = weight;
            }
        }
    }

    fn table(list: &[u32], slots: usize) -> Self {
        let mut weights = vec![0; slots];
        for &posting in list {
            if let Some(weight) = weights.get_mut((posting >> 8) as usize) {
                *weight = (posting & 0xff) as u8;
            }
        }
        Self::Table { weights, count: list.len() }
    }

    /// Gives how many are left.
    fn purge(&mut self, live: &impl Fn(Slot) -> bool, slots: usize) -> usize {
        match self {
            Self::Sparse(list) => {
                list.retain(|posting| live(posting >> 8));
                list.len()
            }
            Self::Table { weights, count } => {
                for (weight, slot) in weights.iter_mut().zip(0..) {
                    if *weight > 0 && !live(slot) {
                        *weight = 0;
                        *count -= 1;
                    }
                }
                let left = *count;
                // Well below the share from which it has a table, or it would go to and fro.
                if left < slots / TABLE_SHARE / 2 {
                    let kept = weights.iter().zip(0u32..).filter(|(weight, _)| **weight > 0);
                    *self = Self::Sparse(kept.map(|(&weight, slot)| slot << 8 | u32::from(weight)).collect());
                }
                left
            }
        }
    }
}

fn part(term: TermId) -> usize {
    term as usize % PARTS
}

/// A term's number is a hash already.
#[derive(Default)]
pub(super) struct TermHasher(u64);

impl Hasher for TermHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0 << 8 | u64::from(byte);
        }
    }

    fn write_u32(&mut self, term: u32) {
        // The low bits chose the part: within it they are all the same, and the map looks at them.
        self.0 = u64::from(term).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(32);
    }
}

#[cfg(test)]
mod tests;
