//! A row is a vector rounded to bytes, a quarter of its size: near enough to choose candidates by,
//! which are then scored by their true vectors.

use rten_simd::{Isa, SimdOp};

/// Query values are rounded to so many steps on each side of 0: finer than a row's, and a dot
/// product of 16,000 dimensions still fits 32 bits.
const PROBE_STEPS: f32 = 1023.0;
const ROW_STEPS: f32 = 127.0;

/// A vector that rows are compared with.
pub(super) struct ComparedVector {
    values: Vec<i16>,
    scale: f32,
}

impl ComparedVector {
    pub(super) fn of(vector: &[f32]) -> Self {
        let scale = step(vector, PROBE_STEPS);
        Self { values: vector.iter().map(|x| (x / scale).round() as i16).collect(), scale }
    }

    /// A row as it is, without another rounding.
    fn of_row(row: &[i8], scale: f32) -> Self {
        Self { values: row.iter().map(|&x| i16::from(x)).collect(), scale }
    }
}

/// The size of a step, so that the largest value is so many steps away from 0.
fn step(vector: &[f32], steps: f32) -> f32 {
    let largest = vector.iter().fold(0f32, |largest, x| largest.max(x.abs()));
    if largest > 0.0 { largest / steps } else { 1.0 }
}

/// Rows one after the other in memory.
#[derive(Default)]
pub(super) struct VectorRows {
    dimensions: usize,
    values: Vec<i8>,
    scales: Vec<f32>,
}

impl VectorRows {
    pub(super) fn new(dimensions: usize) -> Self {
        Self { dimensions, values: Vec::new(), scales: Vec::new() }
    }

    pub(super) fn with_capacity(dimensions: usize, rows: usize) -> Self {
        let (values, scales) = (Vec::with_capacity(rows * dimensions), Vec::with_capacity(rows));
        Self { dimensions, values, scales }
    }

    pub(super) fn len(&self) -> usize {
        self.scales.len()
    }

    pub(super) fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// A vector of other dimensions is cut or filled up: it cannot be compared anyway.
    pub(super) fn push(&mut self, vector: &[f32]) {
        self.reserve();
        let scale = step(vector, ROW_STEPS);
        let filled = vector.iter().copied().chain(std::iter::repeat(0.0)).take(self.dimensions);
        self.values.extend(filled.map(|x| (x / scale).round() as i8));
        self.scales.push(scale);
    }

    pub(super) fn push_row_of(&mut self, other: &Self, at: usize) {
        self.reserve();
        self.values.extend_from_slice(other.row(at));
        self.scales.push(other.scales[at]);
    }

    /// Grows by an eighth: doubling would leave a third of a large base's memory empty.
    fn reserve(&mut self) {
        if self.scales.len() == self.scales.capacity() {
            let more = (self.len() / 8).max(8);
            self.scales.reserve_exact(more);
            self.values.reserve_exact(more * self.dimensions);
        }
    }

    /// Puts the last row in the place of one.
    pub(super) fn swap_remove(&mut self, at: usize) {
        let last = self.len() - 1;
        let (start, end) = (last * self.dimensions, (last + 1) * self.dimensions);
        self.values.copy_within(start..end, at * self.dimensions);
        self.values.truncate(start);
        self.scales.swap_remove(at);
    }

    pub(super) fn probe(&self, at: usize) -> ComparedVector {
        ComparedVector::of_row(self.row(at), self.scales[at])
    }

    pub(super) fn dot(&self, probe: &ComparedVector, at: usize) -> f32 {
        let mut sum = 0;
        Scan { probe: &probe.values, rows: self.row(at), sums: std::slice::from_mut(&mut sum) }.dispatch();
        sum as f32 * probe.scale * self.scales[at]
    }

    /// Each row's dot product with the probe, in order.
    pub(super) fn scan(&self, probe: &ComparedVector, products: &mut Products) {
        products.sums.clear();
        products.sums.resize(self.len(), 0);
        Scan { probe: &probe.values, rows: &self.values, sums: &mut products.sums }.dispatch();
        products.all.clear();
        let scaled = products.sums.iter().zip(&self.scales);
        products.all.extend(scaled.map(|(&sum, scale)| sum as f32 * probe.scale * scale));
    }

    /// The row with the largest dot product among these.
    pub(super) fn nearest(
        &self,
        probe: &ComparedVector,
        among: impl Iterator<Item = usize>,
    ) -> Option<usize> {
        among.map(|at| (at, self.dot(probe, at))).max_by(|a, b| a.1.total_cmp(&b.1)).map(|(at, _)| at)
    }

    /// Adds a row to a sum, as the vector it stands for.
    pub(super) fn add_to(&self, at: usize, sum: &mut [f32]) {
        for (sum, &x) in sum.iter_mut().zip(self.row(at)) {
            *sum += f32::from(x) * self.scales[at];
        }
    }

    fn row(&self, at: usize) -> &[i8] {
        &self.values[at * self.dimensions..(at + 1) * self.dimensions]
    }
}

/// What a scan gives, kept from one to the next so that nothing is allocated.
#[derive(Default)]
pub(super) struct Products {
    sums: Vec<i32>,
    pub(super) all: Vec<f32>,
}

/// Compiled for each kind of vector unit; the one that is there is chosen when it runs.
struct Scan<'a> {
    probe: &'a [i16],
    rows: &'a [i8],
    sums: &'a mut [i32],
}

impl SimdOp for Scan<'_> {
    type Output = ();

    #[inline(always)]
    fn eval<I: Isa>(self, _: I) {
        for (row, sum) in self.rows.chunks_exact(self.probe.len().max(1)).zip(self.sums) {
            let mut total = 0i32;
            for (&x, &y) in self.probe.iter().zip(row) {
                total = total.wrapping_add(i32::from(x) * i32::from(i16::from(y)));
            }
            *sum = total;
        }
    }
}

#[cfg(test)]
mod tests;
