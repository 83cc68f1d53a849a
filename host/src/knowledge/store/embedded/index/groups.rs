//! Groups are windows that lie near each other, around a centre: a search reads the groups nearest
//! to it instead of all windows. A small base is one group, which is read wholly.
//!
//! A group's rows lie one after the other in memory. That is what makes it quick: reading a row
//! somewhere costs four times reading the next one (measured with 512 dimensions: 0.22 µs and
//! 0.055 µs), so a graph that leaps from row to row would be no faster for 100,000 windows, slower
//! to build and harder to delete from.

use std::ops::Range;

use super::rows::{ComparedVector, Products, VectorRows};
use super::{Best, Bits, Slot};

/// From so many windows on there are groups; below, reading everything takes half a millisecond.
pub(super) const GROUPED_FROM: usize = 8192;
/// Groups for the square root of the windows.
const GROUPS_A_ROOT: f64 = 4.0;
/// Rows read in a search for the square root of the windows, and at least. Of the ten windows
/// nearest to real questions this found .994 among 100,000 and .993 among 13,000; with half the
/// groups .979 and .986.
const READ_A_ROOT: f64 = 16.0;
const READ_AT_LEAST: usize = 4096;
/// Rows read for one that is wanted, at least.
const READ_A_WANTED: usize = 4;
/// Where less than one of so many windows is admitted, they are read one by one: a row somewhere
/// costs four times the next one.
const READ_ALONE: usize = 4;
/// Windows looked at to place one centre.
const SAMPLE_A_GROUP: usize = 24;
/// Rounds of moving the centres.
const ROUNDS: usize = 6;
/// Regions whose centres a window is compared with.
const REGIONS_TRIED: usize = 3;

#[derive(Default)]
pub(in super::super) struct Groups {
    /// One row a group; none where everything is one group.
    centres: VectorRows,
    /// Groups near each other form a region, so that a window's group is found by comparing it
    /// with some centres instead of all.
    regions: VectorRows,
    /// Each region's groups.
    groups_of: Vec<Range<usize>>,
    members: Vec<GroupMembers>,
    /// The place of each window, by its slot.
    places: Vec<Place>,
    /// Windows when the groups were made.
    grouped: usize,
}

#[derive(Default)]
struct GroupMembers {
    rows: VectorRows,
    slots: Vec<Slot>,
}

#[derive(Clone, Copy, Default)]
struct Place {
    group: u32,
    at: u32,
}

impl Groups {
    pub(super) fn new(dimensions: usize) -> Self {
        let members = vec![GroupMembers { rows: VectorRows::new(dimensions), slots: Vec::new() }];
        Self { members, regions: VectorRows::new(dimensions), ..Self::default() }
    }

    pub(super) fn dimensions(&self) -> usize {
        self.regions.dimensions()
    }

    pub(super) fn insert(&mut self, slot: Slot, vector: &[f32]) {
        let group = self.home(vector);
        let members = &mut self.members[group];
        members.rows.push(vector);
        members.slots.push(slot);
        self.place(slot, group);
    }

    pub(super) fn remove(&mut self, slot: Slot) {
        let Place { group, at } = self.places[slot as usize];
        let members = &mut self.members[group as usize];
        members.rows.swap_remove(at as usize);
        members.slots.swap_remove(at as usize);
        if let Some(&moved) = members.slots.get(at as usize) {
            self.places[moved as usize].at = at;
        }
    }

    /// Notes that a slot was put last into a group.
    fn place(&mut self, slot: Slot, group: usize) {
        if self.places.len() <= slot as usize {
            self.places.resize(slot as usize + 1, Place::default());
        }
        let at = self.members[group].slots.len() as u32 - 1;
        self.places[slot as usize] = Place { group: group as u32, at };
    }

    pub(super) fn dot(&self, probe: &ComparedVector, slot: Slot) -> f32 {
        let Place { group, at } = self.places[slot as usize];
        self.members[group as usize].rows.dot(probe, at as usize)
    }

    /// Offers the admitted windows that are probably nearest, or every one of them.
    pub(super) fn search(&self, probe: &ComparedVector, all: bool, admitted: &Bits, best: &mut Best) {
        let windows = self.windows();
        let mut left = if all { usize::MAX } else { read_at_most(windows).max(READ_A_WANTED * best.limit) };
        let count = admitted.count();
        if count * READ_ALONE < windows && count <= left {
            // The filter admits so few windows that comparing them all is cheaper than reading groups and
            // skipping most of them.
            for slot in admitted.ones() {
                best.offer(self.dot(probe, slot), slot);
            }
            return;
        }
        let few = count < windows / 2;
        let mut products = Products::default();
        for group in self.nearest_groups(probe, &mut products) {
            let members = &self.members[group];
            members.rows.scan(probe, &mut products);
            for (&product, &slot) in products.all.iter().zip(&members.slots) {
                if best.wants(product) && admitted.get(slot) {
                    best.offer(product, slot);
                }
            }
            let read = match few {
                // Groups that hold nothing admitted bring the search no further.
                true => members.slots.iter().filter(|&&slot| admitted.get(slot)).count(),
                false => members.slots.len(),
            };
            left = left.saturating_sub(read);
            if left == 0 {
                break;
            }
        }
    }

    fn windows(&self) -> usize {
        self.members.iter().map(|members| members.slots.len()).sum()
    }

    fn nearest_groups(&self, probe: &ComparedVector, products: &mut Products) -> Vec<usize> {
        if self.centres.len() == 0 {
            return vec![0];
        }
        self.centres.scan(probe, products);
        let mut order: Vec<_> = (0..self.centres.len()).collect();
        order.sort_unstable_by(|&a, &b| products.all[b].total_cmp(&products.all[a]).then(a.cmp(&b)));
        order
    }

    /// The group a window belongs to.
    fn home(&self, vector: &[f32]) -> usize {
        if self.centres.len() == 0 {
            0
        } else {
            self.home_of(&ComparedVector::of(vector), &mut Products::default())
        }
    }

    fn home_of(&self, probe: &ComparedVector, products: &mut Products) -> usize {
        self.regions.scan(probe, products);
        let mut regions: Vec<_> = (0..self.regions.len()).collect();
        regions.sort_unstable_by(|&a, &b| products.all[b].total_cmp(&products.all[a]));
        regions.truncate(REGIONS_TRIED);
        let centres = regions.into_iter().flat_map(|region| self.groups_of[region].clone());
        self.centres.nearest(probe, centres).unwrap_or(0)
    }

    /// Whether so many windows want groups, or have outgrown those they have.
    pub(super) fn wants_regrouping(&self, windows: usize) -> bool {
        windows >= GROUPED_FROM && windows >= 2 * self.grouped
    }

    /// The same windows around new centres.
    pub(super) fn regrouped(&self) -> Self {
        let dimensions = self.dimensions();
        let windows = self.windows();
        let wanted = ((windows as f64).sqrt() * GROUPS_A_ROOT).ceil() as usize;
        let mut new = Self {
            centres: VectorRows::new(dimensions),
            regions: VectorRows::new(dimensions),
            groups_of: Vec::new(),
            members: Vec::new(),
            places: vec![Place::default(); self.places.len()],
            grouped: windows,
        };
        let sample = self.sample(wanted * SAMPLE_A_GROUP, windows);
        let everything: Vec<usize> = (0..sample.len()).collect();
        let regions = Clustering::of(&sample, &everything, (wanted as f64).sqrt().ceil() as usize);
        for (region, members) in regions.members.iter().enumerate() {
            let share = (wanted * members.len()).div_ceil(sample.len().max(1)).max(1);
            let groups = Clustering::of(&sample, members, share);
            let start = new.centres.len();
            for centre in 0..groups.centres.len() {
                new.centres.push_row_of(&groups.centres, centre);
            }
            new.regions.push_row_of(&regions.centres, region);
            new.groups_of.push(start..new.centres.len());
        }
        let homes = self.homes(&new);
        let mut sizes = vec![0; new.centres.len()];
        homes.iter().for_each(|&home| sizes[home as usize] += 1);
        new.members = sizes
            .into_iter()
            .map(|size| GroupMembers {
                rows: VectorRows::with_capacity(dimensions, size),
                slots: Vec::with_capacity(size),
            })
            .collect();
        let mut homes = homes.into_iter();
        for members in &self.members {
            for ((at, &slot), home) in members.slots.iter().enumerate().zip(&mut homes) {
                let to = &mut new.members[home as usize];
                to.rows.push_row_of(&members.rows, at);
                to.slots.push(slot);
                new.place(slot, home as usize);
            }
        }
        new
    }

    /// Each window's group in a new grouping, in the order they lie in this one.
    fn homes(&self, new: &Self) -> Vec<u32> {
        let mut products = Products::default();
        let mut homes = Vec::new();
        for members in &self.members {
            homes.extend(
                (0..members.rows.len()).map(|at| new.home_of(&members.rows.probe(at), &mut products) as u32),
            );
        }
        homes
    }

    /// Rows from everywhere, evenly.
    fn sample(&self, wanted: usize, windows: usize) -> VectorRows {
        let mut sample = VectorRows::with_capacity(self.dimensions(), wanted.min(windows));
        let all =
            self.members.iter().flat_map(|members| (0..members.rows.len()).map(move |at| (members, at)));
        let every = (windows / wanted.max(1)).max(1);
        for (members, at) in all.step_by(every) {
            sample.push_row_of(&members.rows, at);
        }
        sample
    }
}

fn read_at_most(windows: usize) -> usize {
    ((windows as f64).sqrt() * READ_A_ROOT).max(READ_AT_LEAST as f64) as usize
}

/// Rows around centres: spherical k-means.
struct Clustering {
    centres: VectorRows,
    /// The slots of each group, by its centre.
    members: Vec<Vec<usize>>,
}

impl Clustering {
    fn of(rows: &VectorRows, among: &[usize], wanted: usize) -> Self {
        let wanted = wanted.min(among.len());
        let mut centres = VectorRows::with_capacity(rows.dimensions(), wanted);
        // Rows of one document lie side by side, so the first centres are taken from all over.
        (0..wanted).for_each(|i| centres.push_row_of(rows, among[i * among.len() / wanted]));
        let mut members = Self::assign(rows, among, &centres);
        for _ in 0..ROUNDS {
            let mut moved = VectorRows::with_capacity(rows.dimensions(), wanted);
            for (centre, members) in members.iter().enumerate() {
                let mut sum = vec![0.0; rows.dimensions()];
                members.iter().for_each(|&at| rows.add_to(at, &mut sum));
                // A centre that nothing is near stays where it is.
                if crate::knowledge::score::normalise(&mut sum) {
                    moved.push(&sum);
                } else {
                    moved.push_row_of(&centres, centre);
                }
            }
            centres = moved;
            members = Self::assign(rows, among, &centres);
        }
        Self { centres, members }
    }

    fn assign(rows: &VectorRows, among: &[usize], centres: &VectorRows) -> Vec<Vec<usize>> {
        let mut members = vec![Vec::new(); centres.len()];
        for &at in among {
            if let Some(nearest) = centres.nearest(&rows.probe(at), 0..centres.len()) {
                members[nearest].push(at);
            }
        }
        members
    }
}
