//! A place is where a shape stands on its slide. Files list shapes as they were drawn, and people read them from top to
//! bottom and from left to right.

/// A rectangle on the slide, in EMU (914,400 an inch): left, top, right, bottom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ShapePlace([f64; 4]);

/// Boxes are higher than their text: how much of a box's height or width may lie over another's.
const OVER: f64 = 0.1;
/// Most shapes that are put in order, and most cuts within one another.
const MAX_SHAPES: usize = 2000;
const MAX_CUTS: usize = 64;

/// What a transform in the file says: where something is, how large, and for groups the same in the measures that what
/// is in them uses.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Transform {
    pub(super) offset: Option<(f64, f64)>,
    pub(super) extent: Option<(f64, f64)>,
    pub(super) inner_offset: Option<(f64, f64)>,
    pub(super) inner_extent: Option<(f64, f64)>,
}

impl Transform {
    /// The place on the slide of a shape in these groups, the outermost first.
    pub(super) fn place(&self, groups: &[Self]) -> Option<ShapePlace> {
        let ((x, y), (width, height)) = (self.offset?, self.extent?);
        let corner = |at| groups.iter().rev().fold(at, |at, group| group.outside(at));
        let ((left, top), (right, bottom)) = (corner((x, y)), corner((x + width, y + height)));
        [left, top, right, bottom]
            .iter()
            .all(|at| at.is_finite())
            .then_some(ShapePlace([left, top, right, bottom]))
    }

    /// A point in a group in the measures of what is around it.
    fn outside(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let (Some(offset), Some(extent), Some(inner), Some(size)) =
            (self.offset, self.extent, self.inner_offset, self.inner_extent)
        else {
            return (x, y);
        };
        let scale = |whole: f64, part: f64| if part > 0.0 { whole / part } else { 1.0 };
        (
            offset.0 + (x - inner.0) * scale(extent.0, size.0),
            offset.1 + (y - inner.1) * scale(extent.1, size.1),
        )
    }
}

/// Puts things in the order they are read in. Those without a place, whose layout has it, stay where they are, between
/// what is before and behind them.
pub(super) fn in_order<T>(things: Vec<(T, Option<ShapePlace>)>) -> Vec<T> {
    let mut ordered = Vec::with_capacity(things.len());
    let mut placed: Vec<(T, ShapePlace)> = Vec::new();
    for (thing, place) in things {
        match place {
            Some(place) => placed.push((thing, place)),
            None => {
                ordered.append(&mut sorted(std::mem::take(&mut placed)));
                ordered.push(thing);
            }
        }
    }
    ordered.append(&mut sorted(placed));
    ordered
}

fn sorted<T>(things: Vec<(T, ShapePlace)>) -> Vec<T> {
    let places: Vec<(usize, ShapePlace)> = things.iter().map(|(_, place)| *place).enumerate().collect();
    let mut order = Vec::with_capacity(places.len());
    cut(places, 0, &mut order);
    let mut things: Vec<Option<T>> = things.into_iter().map(|(thing, _)| Some(thing)).collect();
    order.into_iter().filter_map(|at| things.get_mut(at)?.take()).collect()
}

/// Cuts a slide where its widest gap is, level or upright, and each part again: columns of one title each are read one
/// after the other, and so are rows of boxes that stand far below one another. (Recursive X-Y cut: Nagy and Seth, 1984.)
fn cut(mut places: Vec<(usize, ShapePlace)>, depth: usize, order: &mut Vec<usize>) {
    let level = widest_gap(&places, 1);
    let upright = widest_gap(&places, 0);
    let (axis, at) = match (level, upright) {
        (Some((gap, at)), Some((other, _))) if gap >= other => (1, at),
        (_, Some((_, at))) => (0, at),
        (Some((_, at)), None) => (1, at),
        (None, None) => {
            places.sort_by(|(_, one), (_, other)| {
                one.0[1].total_cmp(&other.0[1]).then(one.0[0].total_cmp(&other.0[0]))
            });
            return order.extend(places.into_iter().map(|(at, _)| at));
        }
    };
    if depth >= MAX_CUTS || places.len() > MAX_SHAPES {
        return order.extend(places.into_iter().map(|(at, _)| at));
    }
    let (first, second) = places.into_iter().partition(|(_, place)| place.middle(axis) < at);
    cut(first, depth + 1, order);
    cut(second, depth + 1, order);
}

/// The widest gap between places along an axis, 0 across and 1 down, and where it is. A little of each may lie over others.
fn widest_gap(places: &[(usize, ShapePlace)], axis: usize) -> Option<(f64, f64)> {
    let mut spans: Vec<(f64, f64)> =
        places.iter().map(|(_, place)| (place.0[axis], place.0[axis + 2])).collect();
    spans.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut widest: Option<(f64, f64)> = None;
    let (mut end, mut length) = spans.first().map(|first| (first.1, first.1 - first.0))?;
    for (from, to) in spans.into_iter().skip(1) {
        let gap = from - end;
        if gap >= -OVER * length.min(to - from) && widest.is_none_or(|(known, _)| gap > known) {
            widest = Some((gap, (from + end) / 2.0));
        }
        if to > end {
            (end, length) = (to, to - from);
        }
    }
    widest
}

impl ShapePlace {
    fn middle(&self, axis: usize) -> f64 {
        (self.0[axis] + self.0[axis + 2]) / 2.0
    }
}
