//! The index chooses candidates: it holds every window's vector and terms in memory, rounded, and
//! gives the windows that may be among the best, to be scored by what the file holds of them.
//!
//! A window enters *staged*, seen by nobody. Publishing makes the windows of one import live and
//! those it replaces dead, in one short step. Dead windows leave later, in short steps.

mod groups;
mod postings;
mod rows;

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};

use crate::knowledge::filter::Filter;
use crate::knowledge::metadata::Metadata;
use crate::knowledge::score::{QueryWeights, ScoreParts, Worked};
use crate::knowledge::store::{NewWindow, Search, may_be_best};
use crate::knowledge::terms::TermId;

use groups::Groups;
use postings::Postings;
use rows::ComparedVector;

/// A window's place in the index.
type Slot = u32;

/// Terms with a table whose shares add up to less than this choose no candidates, they only score
/// them: 有 is in most windows and says little.
const LEFT_OUT: f32 = 0.35;
/// Dead windows leave when they are one of so many, and so many.
const DEAD_SHARE: usize = 16;
const DEAD_AT_LEAST: usize = 256;
/// Sums kept for the next search.
const KEPT_SUMS: usize = 4;

#[derive(Default)]
pub(super) struct Index {
    /// What made the vectors.
    embedder: String,
    /// The slots of each live version, in the order of its windows.
    versions: HashMap<i64, Vec<Slot>>,
    /// The metadata of the live versions that have any.
    metadata: HashMap<i64, Metadata>,
    /// The windows by their slots.
    windows: Vec<WindowPlace>,
    live: Bits,
    live_count: usize,
    dead: Vec<Slot>,
    free: Vec<Slot>,
    groups: Groups,
    /// Whether the groups' dimensions hold for the very first window as well.
    is_said: bool,
    postings: Postings,
    /// Slots of stored questions by the hash of the question's key. The file tells whether a key is really
    /// the same.
    questions: HashMap<u64, Vec<Slot>>,
    sums: Mutex<Vec<Vec<f32>>>,
}

/// Where a window is in the file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct WindowPlace {
    pub(super) version: i64,
    /// The window's place in its document.
    pub(super) ordinal: u32,
    pub(super) section: u32,
}

/// The windows of a document on its way into the index.
#[derive(Default)]
pub(super) struct Staged {
    metadata: Metadata,
    slots: Vec<Slot>,
}

impl Staged {
    /// An empty version of a document with this metadata.
    pub(super) fn of(metadata: Metadata) -> Self {
        Self { metadata, slots: Vec::new() }
    }
}

/// The index holds as many windows as it can.
#[derive(Debug)]
pub(super) struct IndexFull;

/// Windows that may be among the best, and what scores them.
pub(super) struct Shortlist {
    pub(super) windows: Vec<WindowPlace>,
    pub(super) weights: QueryWeights,
}

/// A term of a query that is in so many windows that it chooses none.
struct Common<'a> {
    term: TermId,
    share: f32,
    weights: &'a [u8],
}

impl Common<'_> {
    fn of(&self, slot: Slot) -> f32 {
        let weight = self.weights.get(slot as usize).copied().unwrap_or(0);
        self.share / postings::STEPS * f32::from(weight)
    }
}

impl Index {
    pub(super) fn versions(&self) -> HashSet<i64> {
        self.versions.keys().copied().collect()
    }

    /// An index for windows of this many dimensions, which the file states, because its first window may be
    /// damaged.
    pub(super) fn said(dimensions: usize) -> Self {
        Self { is_said: true, ..Self::of(dimensions) }
    }

    fn of(dimensions: usize) -> Self {
        Self { groups: Groups::new(dimensions), ..Self::default() }
    }

    pub(super) fn dimensions(&self) -> usize {
        self.groups.dimensions()
    }

    /// `None` while there is no document.
    pub(super) fn embedder(&self) -> Option<&str> {
        (!self.versions.is_empty()).then_some(&self.embedder)
    }

    /// Puts windows behind those staged before. Nobody sees them yet.
    pub(super) fn stage(&mut self, staged: &mut Staged, windows: &[NewWindow]) -> Result<(), IndexFull> {
        for window in windows {
            let slot = self.free_slot(window.vector.len())?;
            let ordinal = staged.slots.len() as u32;
            self.windows[slot as usize] = WindowPlace { version: 0, ordinal, section: window.section };
            self.groups.insert(slot, &window.vector);
            self.postings.insert(slot, &window.weights, self.windows.len());
            if let Some(key) = &window.key {
                self.questions.entry(hash(key)).or_default().push(slot);
            }
            staged.slots.push(slot);
        }
        Ok(())
    }

    fn free_slot(&mut self, dimensions: usize) -> Result<Slot, IndexFull> {
        let is_empty = self.windows.len() == self.free.len() && !(self.is_said && self.windows.is_empty());
        if self.groups.dimensions() != dimensions && is_empty {
            // The first window, or nothing is left of another embedder's.
            *self = Self::of(dimensions);
        }
        if let Some(slot) = self.free.pop() {
            return Ok(slot);
        }
        if self.windows.len() == postings::MOST_SLOTS {
            return Err(IndexFull);
        }
        self.windows.push(WindowPlace::default());
        Ok(self.windows.len() as Slot - 1)
    }

    /// In one step, the arriving versions are seen and the leaving ones are not.
    pub(super) fn publish(&mut self, embedder: &str, arriving: Vec<(i64, Staged)>, leaving: &[i64]) {
        for version in leaving {
            self.metadata.remove(version);
            for slot in self.versions.remove(version).unwrap_or_default() {
                self.live.set(slot, false);
                self.live_count -= 1;
                self.dead.push(slot);
            }
        }
        for (version, Staged { metadata, slots }) in arriving {
            for &slot in &slots {
                self.windows[slot as usize].version = version;
                self.live.set(slot, true);
            }
            self.live_count += slots.len();
            self.versions.insert(version, slots);
            if !metadata.is_empty() {
                self.metadata.insert(version, metadata);
            }
            embedder.clone_into(&mut self.embedder);
        }
    }

    /// Staged windows that were not to be.
    pub(super) fn abandon(&mut self, staged: Staged) {
        self.dead.extend(staged.slots);
    }

    /// Whether the dead windows are worth a purge. Nothing may be staged.
    pub(super) fn wants_purge(&self) -> bool {
        let dead = self.dead.len();
        let all_dead = dead > 0 && self.live_count == 0;
        all_dead || (dead >= DEAD_AT_LEAST && dead * DEAD_SHARE >= self.windows.len())
    }

    /// The steps of a purge, to be done in order.
    pub(super) fn purge_steps() -> std::ops::RangeInclusive<usize> {
        0..=postings::PARTS
    }

    /// One step of a purge, about half a millisecond for 100,000 windows. Nothing may be staged.
    pub(super) fn purge(&mut self, step: usize) {
        let live = |slot| self.live.get(slot);
        if step < postings::PARTS {
            self.postings.purge(step, live, self.windows.len());
            return;
        }
        self.questions.retain(|_, slots| {
            slots.retain(|&slot| live(slot));
            !slots.is_empty()
        });
        for &slot in &self.dead {
            self.groups.remove(slot);
        }
        self.free.append(&mut self.dead);
    }

    /// The windows grouped anew, where that is due; to be put in with [`Index::regroup`]. Takes a
    /// second for 100,000 windows. Nothing may be staged or dead.
    pub(super) fn regrouped(&self) -> Option<Groups> {
        (self.dead.is_empty() && self.wants_regrouping()).then(|| self.groups.regrouped())
    }

    pub(super) fn wants_regrouping(&self) -> bool {
        self.groups.wants_regrouping(self.live_count)
    }

    /// Gives the older groups back, so that they are let go elsewhere.
    pub(super) fn regroup(&mut self, groups: Groups) -> Groups {
        std::mem::replace(&mut self.groups, groups)
    }

    /// Looks into the nearest groups and the telling terms, or at every window where `all`.
    pub(super) fn shortlist(&self, search: &Search, all: bool) -> Shortlist {
        let weights = self.query_weights(search);
        if search.vector.as_ref().is_some_and(|vector| vector.len() != self.groups.dimensions()) {
            return Shortlist { windows: Vec::new(), weights };
        }
        let probe = search.vector.as_deref().map(ComparedVector::of);
        let admitted = self.admitted(&search.filters);
        let admitted = admitted.as_ref().unwrap_or(&self.live);
        let live = |slot| admitted.get(slot);
        let (nearest, shared) = match &probe {
            Some(_) if all => (self.live_count, 0),
            None if all => (0, self.live_count),
            _ => (search.pool(), 2 * search.pool()),
        };

        let mut dense = Best::new(nearest);
        if let Some(probe) = &probe {
            self.groups.search(probe, all, admitted, &mut dense);
        }
        let (mut sums, left_out) = self.sums(&weights, all);
        let mut lexical = Best::new(shared);
        for (&sum, slot) in sums.iter().zip(0..) {
            if sum > 0.0 && lexical.wants(sum) && live(slot) {
                lexical.offer(sum, slot);
            }
        }

        let mut near: HashMap<Slot, Option<f32>> =
            dense.kept().map(|(cosine, slot)| (slot, Some(cosine))).collect();
        let exact = search.asked.as_deref().and_then(|asked| self.questions.get(&hash(asked.key())));
        let exact = || exact.into_iter().flatten().copied().filter(|&slot| live(slot));
        for slot in lexical.kept().map(|(_, slot)| slot).chain(exact()) {
            near.entry(slot).or_insert_with(|| probe.as_ref().map(|probe| self.groups.dot(probe, slot)));
        }
        let exact: HashSet<Slot> = exact().collect();
        let scored = near.into_iter().map(|(slot, cosine)| {
            let common = left_out.iter().map(|common| common.of(slot));
            let lexical = sums[slot as usize] + common.sum::<f32>();
            let worked = Worked { dense: cosine, window: lexical, section: lexical };
            let score = if exact.contains(&slot) {
                1.0
            } else {
                ScoreParts::new(worked, weights.dense_share, None, None).score()
            };
            (score, self.windows[slot as usize])
        });
        let section = |window: &WindowPlace| (window.version, window.section);
        let windows =
            may_be_best(scored.collect(), search, weights.lexical_share(probe.is_some()), all, section);
        sums.clear();
        self.keep(sums);
        Shortlist { windows, weights }
    }

    /// The sections, each with its version, that have a question with this key among their wordings.
    pub(super) fn sections_asking(&self, key: &str) -> HashSet<(i64, u32)> {
        let slots = self.questions.get(&hash(key)).into_iter().flatten().copied();
        let windows = slots.filter(|&slot| self.live.get(slot)).map(|slot| self.windows[slot as usize]);
        windows.map(|window| (window.version, window.section)).collect()
    }

    /// The live windows of documents that the filters admit; `None` where there is no filter. Takes
    /// about a microsecond for each document with metadata.
    fn admitted(&self, filters: &[Filter]) -> Option<Bits> {
        if filters.is_empty() {
            return None;
        }
        let admits = |metadata: &Metadata| filters.iter().all(|filter| filter.admits(metadata));
        let bare = admits(&Metadata::default());
        let mut admitted = Bits::default();
        for (version, slots) in &self.versions {
            if self.metadata.get(version).map_or(bare, admits) {
                slots.iter().for_each(|&slot| admitted.set(slot, true));
            }
        }
        Some(admitted)
    }

    fn query_weights(&self, search: &Search) -> QueryWeights {
        let live = |slot| self.live.get(slot);
        let some_hidden = self.windows.len() > self.live_count + self.free.len();
        let live: Option<&dyn Fn(Slot) -> bool> = some_hidden.then_some(&live);
        QueryWeights::new(&search.terms, self.live_count as u64, |term| self.postings.count(term, live))
    }

    /// Each slot's sum of shares times weights, without those of the terms given back.
    fn sums(&self, weights: &QueryWeights, all: bool) -> (Vec<f32>, Vec<Common<'_>>) {
        let mut sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        sums.resize(self.windows.len(), 0.0);
        let mut left_out = Vec::new();
        for &(term, share) in &weights.shares {
            match self.postings.table(term) {
                Some(weights) if !all => left_out.push(Common { term, share, weights }),
                _ => self.postings.add(term, share, &mut sums),
            }
        }
        left_out.sort_unstable_by(|a, b| a.share.total_cmp(&b.share));
        let mut shares: f32 = left_out.iter().map(|common| common.share).sum();
        while shares > LEFT_OUT
            && let Some(Common { term, share, .. }) = left_out.pop()
        {
            self.postings.add(term, share, &mut sums);
            shares -= share;
        }
        (sums, left_out)
    }

    fn keep(&self, sums: Vec<f32>) {
        let mut kept = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < KEPT_SUMS {
            kept.push(sums);
        }
    }
}

fn hash(key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

/// One bit a slot.
#[derive(Default)]
struct Bits(Vec<u64>);

impl Bits {
    /// The slots that are set, ascending.
    fn ones(&self) -> impl Iterator<Item = Slot> + '_ {
        self.0.iter().zip(0..).flat_map(|(&word, at)| {
            std::iter::successors(Some(word).filter(|&word| word > 0), |&word| {
                Some(word & (word - 1)).filter(|&word| word > 0)
            })
            .map(move |word| at * 64 + word.trailing_zeros())
        })
    }

    fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    fn get(&self, slot: Slot) -> bool {
        self.0.get(slot as usize / 64).is_some_and(|word| word >> (slot % 64) & 1 == 1)
    }

    fn set(&mut self, slot: Slot, on: bool) {
        let word = slot as usize / 64;
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        let bit = 1 << (slot % 64);
        if on {
            self.0[word] |= bit;
        } else {
            self.0[word] &= !bit;
        }
    }
}

/// The slots with the best scores of all that are offered.
struct Best {
    limit: usize,
    kept: Vec<(f32, Slot)>,
    /// What is not better than this is not among the best.
    least: f32,
}

impl Best {
    fn new(limit: usize) -> Self {
        Self { limit, kept: Vec::new(), least: f32::NEG_INFINITY }
    }

    fn wants(&self, score: f32) -> bool {
        score >= self.least
    }

    fn offer(&mut self, score: f32, slot: Slot) {
        self.kept.push((score, slot));
        // Cut down once in a while, which costs less than keeping an order.
        if self.kept.len() >= 4 * self.limit.max(64) {
            self.cut();
        }
    }

    fn cut(&mut self) {
        if self.kept.len() > self.limit {
            let order = |a: &(f32, Slot), b: &(f32, Slot)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
            self.kept.select_nth_unstable_by(self.limit, order);
            self.least = self.kept[self.limit].0;
            self.kept.truncate(self.limit);
        }
    }

    fn kept(mut self) -> impl Iterator<Item = (f32, Slot)> {
        self.cut();
        self.kept.into_iter()
    }
}
