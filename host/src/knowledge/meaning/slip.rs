//! A slip is a character that was typed for another which sounds or looks like it: 退宽 for 退款.

use pinyin::ToPinyin;

use super::TextUnit;
use super::groups::{LOOKS_OF, OPPOSITES_OF, WORDS_OF, share_a_group};

/// Whether one character alone differs, and was typed for the other, which sounds like it: 退宽 for 退款.
pub(super) fn is_slip(one: &[TextUnit], other: &[TextUnit]) -> bool {
    if one.len() != other.len() || one.len() < 2 {
        return false;
    }
    let mut differ = (0..one.len()).filter(|&at| one[at] != other[at]);
    differ.next().is_some_and(|at| sound_alike(&one[at], &other[at]) && !are_two_words(one, at, other, at))
        && differ.next().is_none()
}

/// The same of two texts as they were written; a slip by shape counts too where it would be taken for a denial.
pub(super) fn is_slip_of_text(one: &str, other: &str) -> bool {
    let mut differing = one.chars().zip(other.chars()).filter(|(a, b)| a != b);
    let Some(typed) = differing.next() else { return false };
    if differing.next().is_some() || one.chars().count() != other.chars().count() {
        return false;
    }
    // 未 denies nothing where all else is the same and 末 stands in its place: 周未.
    if matches!(typed, ('未', '末') | ('末', '未')) {
        return true;
    }
    let units = |text: &str| -> Vec<TextUnit> { text.chars().map(TextUnit::Char).collect() };
    is_slip(&units(one), &units(other))
}

/// Whether both characters are in words that only sound or look alike, with a neighbour: 教师 and 教室, 贷款 and 货款.
fn are_two_words(one: &[TextUnit], at: usize, other: &[TextUnit], other_at: usize) -> bool {
    let pairs = |text: &[TextUnit], at: usize| -> Vec<Vec<usize>> {
        let of = |first: Option<usize>| {
            let first = first?;
            match (text.get(first)?, text.get(first + 1)?) {
                (TextUnit::Char(a), TextUnit::Char(b)) => WORDS_OF.get(&[*a, *b]).cloned(),
                _ => None,
            }
        };
        [at.checked_sub(1), Some(at)].into_iter().filter_map(of).collect()
    };
    let theirs: Vec<usize> = pairs(other, other_at).concat();
    pairs(one, at).concat().iter().any(|group| theirs.contains(group))
}

/// Takes away pairs of characters of which one was typed for the other: they sound or look alike and have a
/// neighbour in common.
pub(super) fn drop_slips(
    one: &[TextUnit],
    other: &[TextUnit],
    mine: &mut Vec<&TextUnit>,
    theirs: &mut Vec<&TextUnit>,
) {
    mine.retain(|unit| {
        let slip = theirs.iter().position(|typed| {
            are_mistaken(unit, typed) && have_a_neighbour_in_common(one, unit, other, typed)
        });
        if let Some(at) = slip {
            theirs.remove(at);
        }
        slip.is_none()
    });
}

fn have_a_neighbour_in_common(
    one: &[TextUnit],
    unit: &TextUnit,
    other: &[TextUnit],
    typed: &TextUnit,
) -> bool {
    let place = |text: &[TextUnit], unit: &TextUnit| text.iter().position(|other| other == unit);
    let (Some(at), Some(typed_at)) = (place(one, unit), place(other, typed)) else { return false };
    if are_two_words(one, at, other, typed_at) {
        return false;
    }
    let before = at.checked_sub(1).zip(typed_at.checked_sub(1));
    before.is_some_and(|(a, b)| one[a] == other[b])
        || one.get(at + 1).zip(other.get(typed_at + 1)).is_some_and(|(a, b)| a == b)
}

fn are_mistaken(one: &TextUnit, other: &TextUnit) -> bool {
    let (TextUnit::Char(a), TextUnit::Char(b)) = (one, other) else { return false };
    share_a_group(&LOOKS_OF, *a, *b) && !share_a_group(&OPPOSITES_OF, *a, *b) || sound_alike(one, other)
}

/// Whether they are typed alike, whatever their tones, as most questions are typed.
fn sound_alike(one: &TextUnit, other: &TextUnit) -> bool {
    let (TextUnit::Char(one), TextUnit::Char(other)) = (one, other) else { return false };
    let sound = |c: char| c.to_pinyin().map(|sound| sound.plain());
    sound(*one).zip(sound(*other)).is_some_and(|(one, other)| one == other)
        && !share_a_group(&OPPOSITES_OF, *one, *other)
}

#[cfg(test)]
mod tests;
