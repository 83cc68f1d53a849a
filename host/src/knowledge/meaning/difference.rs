//! A difference is what two questions do not have in common, and how much of it tells them apart.

use std::borrow::Cow;

use super::condition::{OF_A_CASE, addressed, conditions};
use super::count::{are_same_but_for_counts, counts_differ, measured_otherwise};
use super::groups::are_kin;
use super::name::names_differ;
use super::opposite::{fares_otherwise, lasts_beside_comes, must_beside_may, opposed};
use super::order::{Arrangement, arrangement, left, shared_ends};
use super::slip::{drop_slips, is_slip, is_slip_of_text};
use super::words::{LIGHT, MEASURES, MENTIONS, ONE_OF, PAID_VERBS, SEEKS, UNDOES};
use super::{ActorRoles, AnswerType, AnswerTypes, QuestionMeaning, TextUnit, drop_word};

impl ActorRoles {
    /// Whether the one who asks does in one what is done for them in the other: 我给他转 and 他给我转.
    fn give_and_take(self, other: Self) -> bool {
        self.by_me && other.for_me || self.for_me && other.by_me
    }

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
    /// Two stretches have changed places: 从北京到上海 and 从上海到北京. An illness that is over is one of these, 感冒好了 and 感冒了, and
    /// what is spoilt beside what is lost, 饭卡坏掉了 and 饭卡掉了, and one name for another, Chrome and Firefox.
    Swapped,
    /// One stretch stands for another and all else is the same: 狗多久洗一次澡 and 猫多久洗一次澡.
    Replaced,
    /// Each has something that the other has not, in more than one place.
    Exchanged,
    /// One has all that the other has, and more between that: 发什么快递 and 发快递.
    Inserted,
    /// One has all that the other has, and more before or behind that: 商铺的物业费 and 物业费.
    Extended,
    /// They are the same but for a denial, a number or an opposite.
    Contrary,
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
    /// Both questions hold numbers or names in Latin letters, and these differ.
    pub(in crate::knowledge) counted: bool,
    /// One of the questions denies and the other does not.
    pub(in crate::knowledge) denied: bool,
    /// Each has an action that the other has not.
    pub(in crate::knowledge) acts_other: bool,
    /// One takes something back: 恢复取消的订单 and 取消订单.
    pub(in crate::knowledge) undone: bool,
    /// One question is passive: what it names first is acted on, as in 订单被取消 beside 取消订单.
    pub(in crate::knowledge) passive: bool,
    /// Both ask what something is, or neither asks anything.
    pub(in crate::knowledge) vague: bool,
    /// Two stretches of what both have stand in each other's place: 用电脑怎么扫手机 and 手机怎么扫电脑.
    pub(in crate::knowledge) crossed: bool,
    /// They ask for the same, and what one has more stands before all that both have: 值班室怎么报修 and 怎么报修.
    pub(in crate::knowledge) led: bool,
    /// They ask for the same, of which each case has an answer of its own, and what one has more stands in one place between
    /// what both have: 食堂二楼几点开饭 and 食堂几点开饭.
    pub(in crate::knowledge) within: bool,
    /// One names a case, such as 周末 or 老人, that the other does not.
    pub(in crate::knowledge) conditioned: bool,
    /// The share of words that only one question has, among these and the words of both. Counted for the
    /// question that has fewer of them.
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
    /// The value for two questions of which nothing is known.
    pub(in crate::knowledge) const UNKNOWN: Self = Self {
        likeness: Likeness::Other,
        asks: AskDifference::Same,
        opposed: false,
        counted: false,
        denied: false,
        acts_other: false,
        undone: false,
        passive: false,
        vague: false,
        crossed: false,
        led: false,
        within: false,
        conditioned: false,
        exchanged: 0.0,
    };

    /// Whether no opposite, number or denial tells them apart.
    pub(in crate::knowledge) fn is_clean(&self) -> bool {
        !self.opposed && !self.counted && !self.denied
    }
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
/// Units of the longest word that is taken for one.
const LONGEST_WORD: usize = 4;
/// Asked for where how often is told from how long.
const TIMES: AnswerTypes = AnswerTypes::of(&[AnswerType::HowLong, AnswerType::When]);
const HOW_OR_WHERE: AnswerTypes = AnswerTypes::of(&[AnswerType::How, AnswerType::Where]);

impl QuestionMeaning {
    /// The difference between the question and another; both come with their keys.
    pub(in crate::knowledge) fn against(&self, key: &str, other: &Self, other_key: &str) -> Difference {
        self.beside(key, other_key).differs(key, &other.beside(other_key, key), other_key)
    }

    /// The meaning without who is asked, where the other question does not name them: 你们公司 is nobody else.
    fn beside(&self, key: &str, other_key: &str) -> Cow<'_, Self> {
        match addressed(key) {
            Some((address, host)) if !other_key.contains(host) => {
                let mut meaning = self.clone();
                drop_word(&mut meaning.content, &format!("{address}{host}"));
                drop_word(&mut meaning.content, host);
                Cow::Owned(meaning)
            }
            _ => Cow::Borrowed(self),
        }
    }

    fn differs(&self, key: &str, other: &Self, other_key: &str) -> Difference {
        // Whatever word it was typed in, and whatever word it makes there: 非 for 费 denies nothing.
        if is_slip_of_text(key, other_key) {
            return Difference { likeness: Likeness::Slip, ..Difference::UNKNOWN };
        }
        let (mine, theirs) = (left(&self.content, &other.content), left(&other.content, &self.content));
        let opposed = opposed(key, other_key) || mine.iter().any(is_measure) && theirs.iter().any(is_measure);
        let opposed =
            opposed || self.often != other.often && self.asks.meets(TIMES) && other.asks.meets(TIMES);
        let how_long = AnswerTypes::of(&[AnswerType::HowLong]);
        let ask_how_long = self.asks.meets(how_long) && other.asks.meets(how_long);
        let opposed = opposed || ask_how_long && lasts_beside_comes(key, other_key);
        let opposed = opposed || self.lies_elsewhere(other) || other.lies_elsewhere(self);
        let has_same_words = mine.is_empty() && theirs.is_empty();
        let opposed = opposed || has_same_words && must_beside_may((self, key), (other, other_key));
        let is_another = names_differ((self, key), (other, other_key)) || measured_otherwise(key, other_key);
        let opposed = opposed || is_another;
        let counted = counts_differ(self, other) || is_another;
        let denied = self.denies != other.denies;
        let clean = !opposed && !counted && !denied;
        let exchanged = self.exchanged(other, &mine, &theirs);
        let crossed = self.is_crossed(other, &mine, &theirs);
        let likeness = if self.is_idiom && other.is_idiom && mine.is_empty() {
            Likeness::Idiom
        } else if self.change_places(other) || fares_otherwise(key, other_key) {
            Likeness::Swapped
        } else if has_same_words {
            self.likeness_of_the_same_words(other, clean)
        } else {
            match self.likeness(other, mine, theirs, clean) {
                Likeness::Exchanged | Likeness::Replaced if are_same_but_for_counts(self, other) => {
                    Likeness::Contrary
                }
                // 医疗保险 is 医保 too, which has 保 in common with 养老保险 and not 保险.
                Likeness::Exchanged if is_one_slot_of_text(key, other_key) => Likeness::Replaced,
                // An embedder knows few names, and may hold any two for the same.
                Likeness::Replaced if is_another => Likeness::Swapped,
                likeness => likeness,
            }
        };
        let led = likeness == Likeness::Extended && self.is_led(other);
        let within = likeness == Likeness::Inserted && self.is_within(other);
        // 为什么今天没到账 tells when it was.
        let with_days = within || led && self.asks.is_in(OF_A_CASE);
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
            vague: self.asks.is_empty() && other.asks.is_empty()
                || self.asks.has(AnswerType::What) && other.asks.has(AnswerType::What),
            crossed,
            led,
            within,
            conditioned: conditions(key, with_days) != conditions(other_key, with_days),
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
            // 一年可以报销几次 asks for no amount.
            (Some('次'), None) if other.asks.has(AnswerType::HowMany) => !other.sides.counts_times(),
            (None, Some('次')) if self.asks.has(AnswerType::HowMany) => !self.sides.counts_times(),
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

    /// See [`Difference::crossed`].
    fn is_crossed(&self, other: &Self, mine: &[&TextUnit], theirs: &[&TextUnit]) -> bool {
        let (rest, others) = (but(&self.content, mine), but(&other.content, theirs));
        !(mine.is_empty() && theirs.is_empty()) && matches!(arrangement(&rest, &others), Arrangement::Swapped)
    }

    /// See [`Difference::led`].
    fn is_led(&self, other: &Self) -> bool {
        let (one, two) = (&self.content, &other.content);
        !self.asks.is_empty() && self.asks_alike(other) && (one.ends_with(two) || two.ends_with(one))
    }

    /// The likeness of two questions that have the same words.
    fn likeness_of_the_same_words(&self, other: &Self, clean: bool) -> Likeness {
        let asks_the_same = self.asks == other.asks;
        // 密码忘了 is said to be asked what to do about it.
        let is_understood = self.asks.is_empty() && other.asks.has(AnswerType::How)
            || other.asks.is_empty() && self.asks.has(AnswerType::How);
        match arrangement(&self.content, &other.content) {
            Arrangement::Swapped => Likeness::Swapped,
            _ if self.roles.give_and_take(other.roles) => Likeness::Swapped,
            Arrangement::Other => Likeness::Mixed,
            Arrangement::Moved if self.roles.are_turned(other.roles) => Likeness::Mixed,
            _ if !clean => Likeness::Contrary,
            Arrangement::Equal if asks_the_same => Likeness::Equal,
            Arrangement::Moved if asks_the_same => Likeness::Moved,
            _ if self.asks_alike(other) || self.asks_whether() && other.asks_whether() => Likeness::Loose,
            // 护照 names what 怎么办护照 does something with, and may be meant to ask anything of it.
            _ if is_understood && (self.names_a_thing_of(other) || other.names_a_thing_of(self)) => {
                Likeness::Extended
            }
            _ if is_understood => Likeness::Loose,
            _ => Likeness::Other,
        }
    }

    /// Whether it asks nothing and does nothing, and only the other says that something is done with what it names.
    fn names_a_thing_of(&self, other: &Self) -> bool {
        self.asks.is_empty()
            && self.content.len() <= LONGEST_WORD
            && self.acts.is_empty()
            && !self.denies
            && !self.sides.deals_with_something()
            && !self.sides.names_a_matter()
            && other.sides.deals_with_something()
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
        // 补年卡 and 办年卡 cost differently: a verb says nothing only where the other question has none.
        let one_has_all = mine.is_empty() || theirs.is_empty();
        let adds_nothing = |unit: &TextUnit, text: &[TextUnit]| {
            akin(unit, text)
                || is_one_of(unit, LIGHT)
                || self.says_nothing_beside(other, unit, one_has_all)
                || repeats(unit, text)
        };
        if mine.iter().all(|unit| adds_nothing(unit, &other.content))
            && theirs.iter().all(|unit| adds_nothing(unit, &self.content))
        {
            if self.roles.give_and_take(other.roles) {
                return Likeness::Swapped;
            }
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
            (true, true) if self.has_one_slot(other, &mine, &theirs) => Likeness::Replaced,
            (true, true) => Likeness::Exchanged,
            (false, false) => Likeness::Other,
            _ if adds_at_an_end(&self.content, &mine) || adds_at_an_end(&other.content, &theirs) => {
                Likeness::Extended
            }
            _ => Likeness::Inserted,
        }
    }

    /// Whether a unit that one of the two has says nothing beside what both ask: 办 in 办年卡多少钱, and 1个 where
    /// the other counts nothing. `one_has_all` says that only one has something of its own.
    fn says_nothing_beside(&self, other: &Self, unit: &TextUnit, one_has_all: bool) -> bool {
        let one = TextUnit::Run("1".into());
        let has_one = self.content.contains(&one) != other.content.contains(&one);
        let asks_price = self.asks.has(AnswerType::Price) && other.asks.has(AnswerType::Price);
        one_has_all && asks_price && is_one_of(unit, PAID_VERBS)
            || has_one && (*unit == one || is_one_of(unit, ONE_OF))
    }

    /// Whether the two are the same but for one stretch of each.
    fn has_one_slot(&self, other: &Self, mine: &[&TextUnit], theirs: &[&TextUnit]) -> bool {
        let (one, two) = (&self.content, &other.content);
        // 小语种 and 英语 stand between the same, and have a character in common.
        let (begin, end) = shared_ends(one, two);
        let between = one.len().max(two.len()) - begin - end;
        if begin + end > between && between <= LONGEST_WORD {
            return true;
        }
        let (Some(rest), Some(others)) = (without(one, mine), without(two, theirs)) else { return false };
        let has_same_units = left(&rest, &others).is_empty() && left(&others, &rest).is_empty();
        !rest.is_empty()
            && has_same_units
            && matches!(arrangement(&rest, &others), Arrangement::Equal | Arrangement::Moved)
    }

    /// Whether it asks for yes or no.
    pub(super) fn asks_whether(&self) -> bool {
        !self.asks.is_empty() && self.asks.is_in(AnswerTypes::YES_OR_NO)
    }

    /// Whether both ask for what is the same where all else is.
    pub(super) fn asks_alike(&self, other: &Self) -> bool {
        let (one, two) = (self.asks, other.asks);
        let both = !one.is_empty() && !two.is_empty();
        one == two
            || both && INTERCHANGEABLE.iter().any(|pair| one.is_in(*pair) && two.is_in(*pair))
            || both
                && one.is_in(HOW_OR_WHERE)
                && two.is_in(HOW_OR_WHERE)
                && self.content.iter().any(|unit| is_one_of(unit, SEEKS) && other.content.contains(unit))
    }

    /// Whether what it asks lies behind or before what is done, and the other says that otherwise or not at all.
    fn lies_elsewhere(&self, other: &Self) -> bool {
        self.finishes_alone(other) || self.asks_before_alone(other) || self.lies_before(other)
    }
}

fn is_one_of(unit: &TextUnit, chars: &str) -> bool {
    matches!(unit, TextUnit::Char(c) if chars.contains(*c))
}

fn is_measure(unit: &&TextUnit) -> bool {
    is_one_of(unit, MEASURES)
}

/// Whether two texts as they were written are the same to the letter but for one word of each.
fn is_one_slot_of_text(one: &str, other: &str) -> bool {
    let (one, two): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let (begin, end) = shared_ends(&one, &two);
    let between = one.len().max(two.len()) - begin - end;
    begin + end > between && between <= LONGEST_WORD
}

/// Where units stand that are left of a text, if they stand together.
fn stretch(text: &[TextUnit], left: &[&TextUnit]) -> Option<std::ops::Range<usize>> {
    let starts = 0..=text.len().checked_sub(left.len())?;
    let mut stretches = starts.map(|at| at..at + left.len());
    stretches.find(|stretch| text[stretch.clone()].iter().eq(left.iter().copied()))
}

/// A text without units of its own, wherever they stand.
fn but(text: &[TextUnit], left: &[&TextUnit]) -> Vec<TextUnit> {
    text.iter().filter(|unit| !left.iter().any(|gone| std::ptr::eq(*gone, *unit))).cloned().collect()
}

/// A text without units that stand together in it.
fn without(text: &[TextUnit], left: &[&TextUnit]) -> Option<Vec<TextUnit>> {
    let stretch = stretch(text, left)?;
    Some([&text[..stretch.start], &text[stretch.end..]].concat())
}

/// Whether units are what a text begins or ends with.
fn adds_at_an_end(text: &[TextUnit], left: &[&TextUnit]) -> bool {
    !left.is_empty()
        && stretch(text, left).is_some_and(|stretch| stretch.start == 0 || stretch.end == text.len())
}
