//! A direction is whether something goes to a place or comes from it: 寄到国外 and 从国外寄.

use super::words::{CARRIED, CARRIES, NO_PLACES, TRAVELS};

/// Characters of the shortest place that is compared.
const SHORTEST: usize = 2;

/// Where something goes: the place, with what stands behind it.
#[derive(Clone, Copy)]
struct Destination<'a> {
    text: &'a str,
    /// Something is brought there: 寄到国外. Elsewhere only a word of travel behind the place tells that anyone goes: 到机场怎么走, but
    /// 去官网下载 is 从官网下载.
    carried: bool,
}

impl Destination<'_> {
    /// Whether the place is one that a text begins with.
    fn is_at(self, text: &str) -> bool {
        let shared = self.text.chars().zip(text.chars()).take_while(|(a, b)| a == b).count();
        let travels = |at: usize| {
            let behind = self.text.char_indices().nth(at).map_or("", |(at, _)| &self.text[at..]);
            TRAVELS.split_whitespace().any(|word| behind.starts_with(word))
        };
        shared >= SHORTEST && (self.carried || (SHORTEST..=shared).any(travels))
    }

    fn place(self) -> String {
        self.text.chars().take(SHORTEST).collect()
    }
}

/// Whether a place where something goes in one of two texts is where it comes from in the other, or it goes elsewhere there:
/// 照片传到电脑 beside 从电脑传照片 and 电脑照片传到手机.
pub(super) fn is_turned(one: &str, two: &str) -> bool {
    goes_where_it_comes_from(one, two)
        || goes_where_it_comes_from(two, one)
        || goes_elsewhere(one, two)
        || goes_elsewhere(two, one)
}

fn goes_where_it_comes_from(one: &str, two: &str) -> bool {
    let (mine, theirs, their_goals) = (starts(one), starts(two), goals(two));
    goals(one).into_iter().any(|goal| {
        let place = goal.place();
        theirs.iter().any(|start| goal.is_at(start))
            && !mine.iter().any(|start| start.starts_with(&place))
            && !their_goals.iter().any(|other| other.text.starts_with(&place))
    })
}

/// Whether both bring something to one place, another one in each, and one of them names the place of the other.
fn goes_elsewhere(one: &str, two: &str) -> bool {
    let carried = |text| {
        let mut all = goals(text).into_iter().filter(|goal| goal.carried);
        all.next().filter(|_| all.next().is_none())
    };
    let (Some(mine), Some(theirs)) = (carried(one), carried(two)) else { return false };
    let place = mine.place();
    place.chars().count() == SHORTEST
        && mine.text.chars().next() != theirs.text.chars().next()
        && two.strip_suffix(theirs.text).is_some_and(|before| before.contains(&place))
}

/// Texts behind the words that say where something comes from.
fn starts(text: &str) -> Vec<&str> {
    let behind = text.match_indices('从').map(|(at, word)| &text[at + word.len()..]);
    behind.filter(|place| !place.starts_with(|c| NO_PLACES.contains(c))).collect()
}

fn goals(text: &str) -> Vec<Destination<'_>> {
    let words = text.match_indices(['到', '入', '往', '至', '去']);
    let carries = |before: &str, word: &str| match word {
        "去" => false,
        "往" => !before.ends_with(['以', '来', '交']),
        // 导入表格数据 is 从表格导入数据.
        _ if before.ends_with('导') => word == "到",
        _ => before.trim_end_matches(|c| CARRIED.contains(c)).ends_with(|c| CARRIES.contains(c)),
    };
    let goals = words.map(|(at, word)| Destination {
        text: &text[at + word.len()..],
        carried: carries(&text[..at], word),
    });
    goals.filter(|goal| !goal.text.starts_with(|c| NO_PLACES.contains(c))).collect()
}

#[cfg(test)]
mod tests;
