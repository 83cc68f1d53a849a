//! A difference is what two questions do not have in common, and how much of it tells them apart.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use pinyin::ToPinyin;

use super::words::{KIN, LIGHT, LOOKALIKES, MEASURES, MENTIONS, OPPOSITES, SEEKS, SOUND_ALIKE, UNDOES};
use super::{ActorRoles, AnswerType, AnswerTypes, QuestionMeaning, TextUnit};

impl ActorRoles {
    /// Whether the same words in another order say it of the other one: 卖家怎么联系我 and 怎么联系卖家.
    fn are_turned(self, other: Self) -> bool {
        self.to_me != other.to_me || self.asks_first && other.asks_last || self.asks_last && other.asks_first
    }
}

/// How alike two questions are, from the words alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::knowledge) enum Likeness {
    /// Both are whole questions that are known to mean the same: 你是谁 and 你叫什么.
    Idiom,
    /// They mean the same, word by word.
    Equal,
    /// The same words, one stretch of them in another place: 订单怎么取消 and 怎么取消订单.
    Moved,
    /// They are the same, word by word, but for one character that was typed for another, which sounds like it.
    Slip,
    /// They differ by a slip of the pen or by words of one meaning.
    Near,
    /// They differ by what adds nothing, or asks for the same in another way.
    Loose,
    /// The same words in an order that may tell another thing: 水变成冰 and 冰变成水.
    Mixed,
    /// Each has something that the other has not.
    Exchanged,
    /// One has all that the other has, and more.
    Added,
    /// They have the same words and ask for different things.
    Other,
}

/// What makes two questions different.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::knowledge) struct Difference {
    pub(in crate::knowledge) likeness: Likeness,
    /// How what they ask for differs.
    pub(in crate::knowledge) asks: AskDifference,
    /// They differ by opposites, such as 上 and 下.
    pub(in crate::knowledge) opposed: bool,
    /// Both have numbers, and others.
    pub(in crate::knowledge) counted: bool,
    /// One denies.
    pub(in crate::knowledge) denied: bool,
    /// Each has an action that the other has not.
    pub(in crate::knowledge) acts_other: bool,
    /// One takes something back: 恢复取消的订单 and 取消订单.
    pub(in crate::knowledge) undone: bool,
    /// In one it is done to what is named first: 订单被取消 and 取消订单.
    pub(in crate::knowledge) passive: bool,
    /// Of what one has and the other has not, as the share of it in what both have: the smaller of the two sides.
    pub(in crate::knowledge) exchanged: f64,
}

/// How what is asked for differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::knowledge) enum AskDifference {
    /// They ask for one thing.
    Same,
    /// One asks nothing.
    Silent,
    /// May mean the same.
    Near,
    /// Whether it may be done, and how it is.
    MayHow,
    /// Why, and something else.
    Why,
    /// Other things: when and where.
    Other,
}

impl Difference {
    /// Nothing is known of it.
    pub(in crate::knowledge) const UNKNOWN: Self = Self {
        likeness: Likeness::Other,
        asks: AskDifference::Same,
        opposed: false,
        counted: false,
        denied: false,
        acts_other: false,
        undone: false,
        passive: false,
        exchanged: 0.0,
    };
}

/// Asked for in pairs that may mean the same.
const COMPATIBLE: [AnswerTypes; 9] = [
    AnswerTypes::of(&[AnswerType::HowMany, AnswerType::Price]),
    AnswerTypes::of(&[AnswerType::HowMany, AnswerType::HowLong]),
    AnswerTypes::of(&[AnswerType::HowMany, AnswerType::Which, AnswerType::What]),
    AnswerTypes::of(&[AnswerType::May, AnswerType::Whether]),
    AnswerTypes::of(&[AnswerType::Who, AnswerType::Which]),
    AnswerTypes::of(&[AnswerType::When, AnswerType::HowLong]),
    AnswerTypes::of(&[AnswerType::How, AnswerType::Where]),
    AnswerTypes::of(&[AnswerType::Like, AnswerType::What]),
    AnswerTypes::of(&[AnswerType::Like, AnswerType::How]),
];
/// Asked for in pairs that mean the same where all else does.
const INTERCHANGEABLE: [AnswerTypes; 3] = [
    AnswerTypes::of(&[AnswerType::HowMany, AnswerType::Price]),
    AnswerTypes::of(&[AnswerType::Who, AnswerType::Which]),
    AnswerTypes::of(&[AnswerType::Like, AnswerType::What]),
];
const HOW_OR_WHERE: AnswerTypes = AnswerTypes::of(&[AnswerType::How, AnswerType::Where]);

/// Characters by the groups they are in.
fn groups(words: impl Iterator<Item = &'static str>) -> HashMap<char, Vec<usize>> {
    let mut groups: HashMap<char, Vec<usize>> = HashMap::new();
    for (number, word) in words.enumerate() {
        word.chars().for_each(|c| groups.entry(c).or_default().push(number));
    }
    groups
}

static KIN_OF: LazyLock<HashMap<char, Vec<usize>>> = LazyLock::new(|| groups(KIN.iter().copied()));
static LOOKS_OF: LazyLock<HashMap<char, Vec<usize>>> =
    LazyLock::new(|| groups(LOOKALIKES.split_whitespace()));
static OPPOSITES_OF: LazyLock<HashMap<char, Vec<usize>>> =
    LazyLock::new(|| groups(OPPOSITES.iter().copied()));

/// Words of two characters by the groups they are in.
static WORDS_OF: LazyLock<HashMap<[char; 2], Vec<usize>>> = LazyLock::new(|| {
    let mut groups: HashMap<[char; 2], Vec<usize>> = HashMap::new();
    for (number, group) in SOUND_ALIKE.iter().enumerate() {
        for word in group.split_whitespace() {
            let mut chars = word.chars();
            if let (Some(first), Some(second)) = (chars.next(), chars.next()) {
                groups.entry([first, second]).or_default().push(number);
            }
        }
    }
    groups
});

fn share_a_group(groups: &HashMap<char, Vec<usize>>, one: char, other: char) -> bool {
    let (Some(one), Some(other)) = (groups.get(&one), groups.get(&other)) else { return false };
    one.iter().any(|group| other.contains(group))
}

impl QuestionMeaning {
    /// The difference between the question and another; both come with their keys.
    pub(in crate::knowledge) fn against(&self, key: &str, other: &Self, other_key: &str) -> Difference {
        let (mine, theirs) = (left(&self.content, &other.content), left(&other.content, &self.content));
        let opposed = opposed(key, other_key) || mine.iter().any(is_measure) && theirs.iter().any(is_measure);
        let (numbers, others) = (self.numbers(), other.numbers());
        let counted = !numbers.is_empty() && !others.is_empty() && numbers != others;
        let denied = self.denies != other.denies;
        let clean = !opposed && !counted && !denied;
        let exchanged = self.exchanged(other, &mine, &theirs);
        let chars = |key: &str| -> Vec<TextUnit> { key.chars().map(TextUnit::Char).collect() };
        let likeness = if self.is_idiom && other.is_idiom && mine.is_empty() {
            Likeness::Idiom
        } else if clean && is_slip(&chars(key), &chars(other_key)) {
            // A word that is known hides a slip in the same word: 充值 stands as 充.
            Likeness::Slip
        } else if mine.is_empty() && theirs.is_empty() {
            match arrangement(&self.content, &other.content) {
                Arrangement::Other => Likeness::Mixed,
                Arrangement::Moved if self.roles.are_turned(other.roles) => Likeness::Mixed,
                _ if !clean => Likeness::Other,
                Arrangement::Equal if self.asks == other.asks => Likeness::Equal,
                Arrangement::Moved if self.asks == other.asks => Likeness::Moved,
                _ if self.asks_alike(other) => Likeness::Loose,
                _ => Likeness::Other,
            }
        } else {
            self.likeness(other, mine, theirs, clean)
        };
        Difference {
            likeness,
            asks: self.asks_against(other),
            opposed: opposed || self.counts_other(other),
            counted,
            denied,
            acts_other: self.acts_beyond(other) && other.acts_beyond(self),
            undone: self.undoes != other.undoes
                || self.undoes && (self.undoes_beyond(other) || other.undoes_beyond(self)),
            passive: self.roles.passive != other.roles.passive,
            exchanged,
        }
    }

    /// How what the two ask for differs.
    fn asks_against(&self, other: &Self) -> AskDifference {
        let (one, two) = (self.asks, other.asks);
        let compatible = one.meets(two) || COMPATIBLE.iter().any(|pair| one.is_in(*pair) && two.is_in(*pair));
        let (yes_or_no, way) = (AnswerTypes::YES_OR_NO, HOW_OR_WHERE);
        if one == two {
            AskDifference::Same
        } else if one.is_empty() || two.is_empty() {
            AskDifference::Silent
        } else if self.asks_alike(other) {
            AskDifference::Same
        } else if compatible {
            AskDifference::Near
        } else if one.has(AnswerType::Why) != two.has(AnswerType::Why) {
            AskDifference::Why
        } else if one.meets(yes_or_no) != two.meets(yes_or_no) && (one.meets(way) || two.meets(way)) {
            AskDifference::MayHow
        } else {
            AskDifference::Other
        }
    }

    /// Whether they count different things: 多少人 and 多少天.
    fn counts_other(&self, other: &Self) -> bool {
        const MEASURED: AnswerTypes =
            AnswerTypes::of(&[AnswerType::Price, AnswerType::HowLong, AnswerType::When]);
        match (self.counts, other.counts) {
            (Some(one), Some(two)) => one != two,
            (Some(_), None) => other.asks.meets(MEASURED),
            (None, Some(_)) => self.asks.meets(MEASURED),
            (None, None) => false,
        }
    }

    /// Whether it has an action that nothing in the other says.
    fn acts_beyond(&self, other: &Self) -> bool {
        let says = |c: char| {
            let unit = TextUnit::Char(c);
            other.content.iter().any(|other| *other == unit || are_kin(&unit, other))
        };
        self.acts.iter().any(|act| !other.acts.contains(act) && !act.chars().all(says))
    }

    /// Whether it takes something back that the other does not.
    fn undoes_beyond(&self, other: &Self) -> bool {
        UNDOES.split_whitespace().any(|act| self.acts.contains(act) && !other.acts.contains(act))
    }

    /// See [`Difference::exchanged`]. `mine` and `theirs` are what one has and the other has not.
    fn exchanged(&self, other: &Self, mine: &[&TextUnit], theirs: &[&TextUnit]) -> f64 {
        let shared = (self.content.len() - mine.len()).max(1);
        let beyond = |left: &[&TextUnit], content: &[TextUnit]| {
            let is_said = |unit: &&&TextUnit| {
                is_one_of(unit, LIGHT) || content.iter().any(|other| are_kin(unit, other))
            };
            left.iter().filter(|unit| !is_said(unit)).count()
        };
        let least = beyond(mine, &other.content).min(beyond(theirs, &self.content));
        least as f64 / (least + shared) as f64
    }

    /// The likeness of two questions of which at least one has something that the other has not.
    fn likeness(
        &self,
        other: &Self,
        mut mine: Vec<&TextUnit>,
        mut theirs: Vec<&TextUnit>,
        clean: bool,
    ) -> Likeness {
        let shared = self.content.len() - mine.len();
        if clean && self.asks == other.asks && is_slip(&self.content, &other.content) {
            return Likeness::Slip;
        }
        drop_slips(&self.content, &other.content, &mut mine, &mut theirs);
        // 赤子之心的心 is about the character, 转账转错 is not.
        let mentions = self.content.iter().chain(&other.content).any(|unit| is_one_of(unit, MENTIONS));
        let repeats = |unit: &TextUnit, text: &[TextUnit]| {
            !mentions && text.contains(unit) && matches!(unit, TextUnit::Char(_))
        };
        let akin = |unit: &TextUnit, text: &[TextUnit]| text.iter().any(|other| are_kin(unit, other));
        let adds_nothing = |unit: &TextUnit, text: &[TextUnit]| {
            akin(unit, text) || is_one_of(unit, LIGHT) || repeats(unit, text)
        };
        if mine.iter().all(|unit| adds_nothing(unit, &other.content))
            && theirs.iter().all(|unit| adds_nothing(unit, &self.content))
        {
            if !clean || shared == 0 || !self.asks_alike(other) {
                return Likeness::Other;
            }
            let explained = mine.iter().all(|unit| akin(unit, &other.content))
                && theirs.iter().all(|unit| akin(unit, &self.content))
                && self.asks == other.asks;
            return if explained { Likeness::Near } else { Likeness::Loose };
        }
        // What nothing explains is set against what is left on the other side, light or not: 国内 and 国际.
        let kin_here: Vec<&TextUnit> =
            mine.iter().copied().filter(|unit| theirs.iter().any(|other| are_kin(unit, other))).collect();
        let theirs_left =
            theirs.iter().filter(|unit| !kin_here.iter().any(|other| are_kin(unit, other))).count();
        match (mine.len() > kin_here.len(), theirs_left > 0) {
            (true, true) => Likeness::Exchanged,
            (false, false) => Likeness::Other,
            _ => Likeness::Added,
        }
    }

    /// Whether both ask for what is the same where all else is.
    fn asks_alike(&self, other: &Self) -> bool {
        let (one, two) = (self.asks, other.asks);
        let both = !one.is_empty() && !two.is_empty();
        one == two
            || both && INTERCHANGEABLE.iter().any(|pair| one.is_in(*pair) && two.is_in(*pair))
            || both
                && one.is_in(HOW_OR_WHERE)
                && two.is_in(HOW_OR_WHERE)
                && self.content.iter().any(|unit| is_one_of(unit, SEEKS) && other.content.contains(unit))
    }

    /// Runs of digits, each once, ascending.
    fn numbers(&self) -> Vec<&str> {
        fn number(unit: &TextUnit) -> Option<&str> {
            match unit {
                TextUnit::Run(run) if run.starts_with(|c: char| c.is_ascii_digit()) => Some(run),
                _ => None,
            }
        }
        let mut numbers: Vec<&str> = self.content.iter().filter_map(number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }
}

/// What of one text is left when each unit of the other has taken one of its own.
fn left<'a, T: Ord>(text: &'a [T], other: &[T]) -> Vec<&'a T> {
    let mut counts: BTreeMap<&T, usize> = BTreeMap::new();
    for unit in other {
        *counts.entry(unit).or_default() += 1;
    }
    let mut takes = |unit: &T| match counts.get_mut(unit) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    };
    text.iter().filter(|unit| !takes(unit)).collect()
}

enum Arrangement {
    Equal,
    /// One stretch has changed places with the one beside it.
    Moved,
    Other,
}

/// How the order of two texts with the same units differs.
fn arrangement(one: &[TextUnit], other: &[TextUnit]) -> Arrangement {
    let Some(first) = one.iter().zip(other).position(|(a, b)| a != b) else { return Arrangement::Equal };
    let last = one.iter().zip(other).rposition(|(a, b)| a != b).unwrap_or(first);
    let (one, other) = (&one[first..=last], &other[first..=last]);
    let is_moved = (1..one.len()).any(|at| one[at..].iter().chain(&one[..at]).eq(other));
    if is_moved { Arrangement::Moved } else { Arrangement::Other }
}

/// Whether one character alone differs, and was typed for the other, which sounds like it: 退宽 for 退款.
fn is_slip(one: &[TextUnit], other: &[TextUnit]) -> bool {
    if one.len() != other.len() || one.len() < 2 {
        return false;
    }
    let mut differ = (0..one.len()).filter(|&at| one[at] != other[at]);
    differ.next().is_some_and(|at| sound_alike(&one[at], &other[at]) && !are_two_words(one, at, other, at))
        && differ.next().is_none()
}

/// Whether both characters are in words that only sound alike, with a neighbour: 教师 and 教室.
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
fn drop_slips(one: &[TextUnit], other: &[TextUnit], mine: &mut Vec<&TextUnit>, theirs: &mut Vec<&TextUnit>) {
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

fn are_kin(one: &TextUnit, other: &TextUnit) -> bool {
    match (one, other) {
        (TextUnit::Char(one), TextUnit::Char(other)) => one != other && share_a_group(&KIN_OF, *one, *other),
        _ => false,
    }
}

fn is_one_of(unit: &TextUnit, chars: &str) -> bool {
    matches!(unit, TextUnit::Char(c) if chars.contains(*c))
}

fn is_measure(unit: &&TextUnit) -> bool {
    is_one_of(unit, MEASURES)
}

/// Whether two keys differ by opposites: of what one has more of, a character stands against one of the other's.
fn opposed(key: &str, other: &str) -> bool {
    let (one, two): (Vec<char>, Vec<char>) = (key.chars().collect(), other.chars().collect());
    let (mine, theirs) = (left(&one, &two), left(&two, &one));
    mine.iter().any(|&&a| theirs.iter().any(|&&b| a != b && share_a_group(&OPPOSITES_OF, a, b)))
}
