//! A question pair is an asked question and a stored one. Its score says how likely both mean the
//! same, so that the stored answer answers the asked question.
//!
//! ```text
//! same = 1 / (1 + e^-z)
//! z    = 6.3 − 10.4 · θ + likeness + asks + 1.75 · ln(length) + 0.3 · ln(length, where they differ in more than words)
//!        − 2.6 · opposed − 2.2 · counted − 1.6 · denied − 2.5 · passive − 2 · undone − 0.8 · acts + 0.8 · exchanged
//!        − 0.5 · more − alone − bare − 0.8 · dwelt + 6 · own · (.55 − θ) + seeking − 1.5 · words − 2.5 · turned
//!        − 1.5 · relatives − 0.7 · judged − 0.8 · crossed − other − 1.5 · vague − 2.5 · case − 1.2 · cases − led − within
//! θ        the angle between the two embeddings, in radians; by 5.9 where the words say that both mean the same. Elsewhere
//!          what is beyond .6 weighs 8 more, and up to 15 beside that the more reworded they are: where words alone bring
//!          two together that the embedder holds far apart, they are mostly wrong
//! reworded characters of both that stand neither in what both begin with nor in what both end with, up to 4, in quarters
//! likeness what the words alone say (`meaning`): −0.2 where they mean the same word by word, 0.1 where words of one
//!          meaning are all the difference, −0.7 where one stretch has moved, 1.7 where one slip of the pen is all, 0.9 where
//!          the rest adds nothing, −3.75 for the same words in another order, −6 where two stretches have changed places, or
//!          what is denied, who is served and whose thing is used (没骑但是扣费 and 骑了但是没扣费), who does it and to whom
//!          (被对方拉黑 and 拉黑对方, 跟老师请假 and 老师请假), to a place and from it (寄到国外 and 从国外寄), the side on which a
//!          number bounds (7天内 and 超过7天), an illness is over in one (感冒好了 and 感冒了), what is lost in one is spoilt
//!          in the other (饭卡掉了 and 饭卡坏掉了), or another name, or a number of something else, is all the difference
//!          (Chrome and Firefox, 百分之五十 and 50元), −2 where a denial, an opposite or numbers are all the difference: one
//!          number, day or letter
//!          alone is a stretch that stands for another, as follows.
//!          −1.8 where one stretch stands for another and all else is the same (狗多久洗一次澡 and 猫多久洗一次澡): words of
//!          one kind look alike to an embedder, so only those count as one that are known to mean the same, or whose
//!          questions are nearer than .42 radians, which takes back 2.4 for each tenth, up to 1.8, and 1.5 for each tenth
//!          below .345; and there the length counts by 1 less. That is where all else is the same to the letter, as in
//!          a near miss. Where the two are reworded besides, as who means the same does, it is −0.7, of which 1.5 come back
//!          for each tenth below .42, and the length counts as elsewhere. −0.2 where each has
//!          something of its own in several places, as questions in other words have; −0.3 where one has more before or
//!          behind what both have, −0.1 where it has more between, and of both 0.7 · ln(how many times as long the longer
//!          one is) less; 0.4 otherwise. Two whole questions that are known to be one (你是谁, 你叫什么) come out at .97
//! asks     how what they ask for differs: 0.4 where one asks nothing, −0.1 where it may be the same, −1.5 whether and
//!          how, −1.1 why and something else, −1.5 other things, such as when and where
//! length   mean number of characters of the two, not below 6 and not above 15, less that of 6
//! opposed  1 where they differ by words such as 上 and 下, count different things, ask how often and how long, or one alone
//!          asks behind what is done with: 装修完要办什么, or asks whether something may be so before what the other asks it of
//!          (入住前可以寄存行李吗 and 入住可以寄存行李吗), or one asks how long it lasts and the other how long it takes, or one
//!          whether something has to be so and the other whether it may, or they name other things in Latin letters (Word and
//!          Excel, iPhone 15 and iPhone 15 Pro), or a number is of something else in each (百分之五十 and 50元, 3小时
//!          and 3天, 三年前 and 三年期)
//! counted  1 where they have different numbers, letters that stand alone (A座), names in Latin letters, or a number of
//!          something else
//! denied   1 where one denies
//! passive  1 where one says 被
//! undone   1 where one takes something back (恢复, 取消)
//! acts     1 where each has an action of its own
//! exchanged the share of what each has of its own, where they are reworded
//! more     1 where one has more and does not ask for the same: 转让要手续费吗 and 可以转让吗
//! alone    1 where they have the same words and ask for other things
//! bare     1 where one has more before or behind what both have, and one of them asks nothing: 结清证明. 护照 beside 怎么办护照 is
//!          one of these, for it says nothing of 办
//! dwelt    1 where a character of both stands more often in one: 赤子之心 and 赤子之心的心
//! own      characters beyond the first that each has and the other has not, up to 3, where they differ in more than words
//!          and in more than what they ask for, and θ is below .55: an embedder that holds two near which share few characters means it
//! seeking  how many of the two seek something of everybody (求, 推荐), unless one stretch stands for another
//! words    1 where both ask about words (意思), each of which counts, and they differ in more than words of one meaning
//! turned   1 where the same persons stand in another order: 男生喜欢什么样的女生 and 女生喜欢什么样的男生
//! relatives 1 where both ask what relatives are to each other
//! judged   1 where one asks which is good, and the other only which it is
//! crossed  1 where two stretches of what both have stand in each other's place, and there is more
//! other    1 where 我 stands for 你 and all else is the same
//! case     1 where one has all that the other has, and names a case that the other does not (周末, 老人, 国外, 第二次): what
//!          is asked of it has an answer of its own
//! cases    1 where the cases they name differ, and more does
//! led      0.5 and ln(length) where one has more in front of all that the other has, both ask for the same, nothing is
//!          reworded, and neither seeks something: before a long question a word moves the angle little
//! within   1 where one has more in one place between all that the other has, both ask for the same, and that is no what, which,
//!          who or why: 食堂二楼几点开饭, but 快递正常多久能到. Nothing is reworded, and neither seeks something
//! vague    where both ask what something is, or neither asks or seeks: 1 at 6 characters in the mean, 0 at 10
//! ```
//!
//! The weights were chosen on halves of three sets of different domains at once (web questions, bank customers'
//! questions, service questions with near misses); `docs/retrieval-score.md` has the figures of the other halves. The
//! constant makes the figure that of a base of questions: of those that come out at .75 and more, about one in
//! fifty is wrong where every second asked question is stored. The angle is that of bge-small-zh-v1.5: another embedder's angles need
//! another threshold.
//!
//! A stored question has a second figure beside its score, `same`: how likely it means the same as the asked
//! one, from the angle of the two embeddings, the length, and what the two mean in words
//! (`knowledge/meaning.rs`: 如何 is 怎么, word order and politeness are nothing, a slip by sound or shape is
//! seen, other numbers, 上 for 下 and a denial count; `knowledge/question.rs`). Its standard answer is given
//! from the base's `answer_threshold` on: of several that are certain the one with the highest `same`,
//! wherever it ranks, before any passage. The score decides what is found and orders passages. A follow-up
//! that was made standalone is first searched as it was asked: only a certain standard answer counts there,
//! since a stored question's own words must find it whatever was said before. That is one search more. A
//! short question is then searched in all its wordings at once (`Query::wordings`): as asked, behind the
//! question before it, and in the rule's words; their vectors are added and their terms counted in one
//! search, so that a threshold means what it means elsewhere. Between `offer_threshold` and that, the plugin
//! may ask which question was meant. It keeps the questions, not the answers, and searches for the chosen
//! one: its own words find it exactly, and what is given is what is stored by then. Both figures depend on
//! the question, the window, its section and the base's counts, never on what else was found.

mod manner;

use std::collections::BTreeMap;

use super::meaning::{AskDifference, Difference, Likeness, QuestionMeaning};
use manner::Manner;

const BIAS: f64 = 6.3;
const ANGLE: f64 = -10.4;
/// Added to [`ANGLE`] where the words already show that both questions mean the same: there the embedding
/// says less.
const ANGLE_OF_WORDED: f64 = 4.5;
/// Added to [`ANGLE`] for the part of the angle beyond [`FAR_ANGLE`], where the words do not show that both
/// mean the same: such questions share words, but mostly not their meaning.
const BEYOND_FAR: f64 = -8.0;
/// Added to [`BEYOND_FAR`] for questions that are [reworded](Manner::reworded) all through.
const BEYOND_FAR_REWORDED: f64 = -15.0;
const FAR_ANGLE: f64 = 0.6;
const LENGTH: f64 = 1.75;
/// The weight of the length, instead of [`LENGTH`], where the two differ in more than words.
const LENGTH_OF_OTHERS: f64 = 0.3;
const OPPOSED: f64 = -2.6;
const COUNTED: f64 = -2.2;
const DENIED: f64 = -1.6;
const PASSIVE: f64 = -2.5;
const UNDONE: f64 = -2.0;
const ACTS_OTHER: f64 = -0.8;
const EXCHANGED: f64 = 0.8;
const DWELT: f64 = -0.8;
/// The weight of one stretch that stands for another where all else is the same to the letter.
const REPLACED: f64 = -1.8;
/// The same where the two are [reworded](Manner::reworded) besides: who means another thing mostly changes that alone.
const REPLACED_REWORDED: f64 = -0.7;
/// Added to [`LENGTH`] where one stretch is replaced: two long questions that differ in one word have near
/// vectors whatever that word is.
const REPLACED_LENGTH: f64 = -1.0;
/// What makes up for [`REPLACED`]: the angle below [`NEAR_ANGLE`], and at most that below [`NEAREST_ANGLE`]. Words that the
/// embedder puts so near mostly mean the same.
const REPLACED_NEAR: f64 = 24.0;
const NEAR_ANGLE: f64 = 0.42;
const NEAREST_ANGLE: f64 = 0.345;
/// The same for the angle below that, and at most below [`SAME_ANGLE`]; for all of it where the two are reworded.
const REPLACED_NEAREST: f64 = 15.0;
const SAME_ANGLE: f64 = 0.2;
/// The weight of each character that is one's own, by the angle below [`OWN_ANGLE`]: an embedder that holds two near which
/// share few characters means it.
const OWN: f64 = 6.0;
const OWN_ANGLE: f64 = 0.55;
const SEEKING: f64 = 1.0;
const ABOUT_WORDS: f64 = -1.5;
const TURNED: f64 = -2.5;
const OF_RELATIVES: f64 = -1.5;
const JUDGED: f64 = -0.7;
const CROSSED: f64 = -0.8;
const OF_OTHER: f64 = -1.0;
/// The weight of a [case](Difference::conditioned) that one names beside all that the other has.
const CONDITIONED: f64 = -2.5;
/// The same where more differs.
const CONDITIONED_BESIDE: f64 = -1.2;
/// The weight of [what stands before](Difference::led) all that both have.
const LED: f64 = -0.5;
/// Added to [`LENGTH`] there: before a long question a word moves the angle little.
const LED_LENGTH: f64 = -1.0;
/// The weight of [what stands between](Difference::within) what both have.
const WITHIN: f64 = -1.0;
/// The weight of a short question that asks what something is, or nothing: little is left to tell it by.
const VAGUE: f64 = -1.5;
/// Characters from which, and up to which, it counts in part.
const VAGUE_LENGTHS: (f64, f64) = (6.0, 10.0);
/// The weight of what one asks more where they do not ask for the same either: 转让要手续费吗 and 可以转让吗.
const MORE_ASKED: f64 = -0.5;
/// The weight of what one has more before or behind where one of the two asks nothing: 结清证明 and 怎么开结清证明.
const BARE: f64 = -1.0;
/// The weight of how much longer one is where it has all that the other has, by the logarithm of their lengths.
const LONGER: f64 = -0.7;
/// The weight of what they ask for, where it is another thing and all else is the same: when and where.
const ASKED_ALONE: f64 = -1.0;
/// Lengths between which the sets have pairs enough; beyond them the line leads nowhere.
const LENGTHS: (f64, f64) = (6.0, 15.0);
/// Characters of the longest question that is compared by its words: the work grows with the square of them.
const LONGEST: usize = 100;
/// How likely two questions are one that are [known](Likeness::Idiom) to be.
const IDIOM: f64 = 0.97;
/// Below this cosine no likeness of words makes two questions one.
const FAR: f64 = 0.3;

/// Characters that may stand more than once and change nothing.
const COMMON: &str = "的了吗呢吧啊是有在不什么怎哪多少几一个我你人";

/// How likely the two questions mean the same, 0 to 1. Both are
/// [`question_key`](super::terms::question_key)s; `cosine` is that of their embeddings.
pub(super) fn sameness(asked: &str, stored: &str, cosine: f64) -> f64 {
    AskedQuestion::new(asked).sameness(stored, cosine)
}

/// An asked question, read once for all stored ones.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct AskedQuestion {
    key: Box<str>,
    meaning: QuestionMeaning,
}

impl AskedQuestion {
    /// The asked question, from its [`question_key`](super::terms::question_key).
    pub(super) fn new(key: &str) -> Self {
        Self { key: key.into(), meaning: QuestionMeaning::of(key) }
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// How likely a stored question means the same, 0 to 1, from its key and the cosine of the embeddings.
    pub(super) fn sameness(&self, stored: &str, cosine: f64) -> f64 {
        if *self.key == *stored {
            return 1.0;
        }
        if cosine < FAR {
            return 0.0;
        }
        let (length, other_length) = (self.key.chars().count(), stored.chars().count());
        let difference = if length.max(other_length) > LONGEST {
            Difference::UNKNOWN
        } else {
            self.meaning.against(&self.key, &QuestionMeaning::of(stored), stored)
        };
        let mean = (length + other_length) as f64 / 2.0;
        let length = (mean.clamp(LENGTHS.0, LENGTHS.1) / LENGTHS.0).ln();
        let angle = cosine.clamp(-1.0, 1.0).acos();
        let manner = Manner::of(&self.key, stored);
        let Some(likeness) = likeness_weight(&difference, &manner, length, angle) else { return IDIOM };
        let is_worded = matches!(
            difference.likeness,
            Likeness::Equal | Likeness::Moved | Likeness::Slip | Likeness::Near
        );
        let beyond_far = BEYOND_FAR + BEYOND_FAR_REWORDED * manner.reworded;
        let flag = |set: bool, weight: f64| if set { weight } else { 0.0 };
        let z = BIAS
            + (ANGLE + flag(is_worded, ANGLE_OF_WORDED)) * angle
            + flag(!is_worded, beyond_far * (angle - FAR_ANGLE).max(0.0))
            + likeness
            + asks_weight(difference.asks)
            + LENGTH * length
            + flag(!is_worded, LENGTH_OF_OTHERS * length)
            + flag(difference.opposed, OPPOSED)
            + flag(difference.counted, COUNTED)
            + flag(difference.denied, DENIED)
            + flag(difference.passive, PASSIVE)
            + flag(difference.undone, UNDONE)
            + flag(difference.acts_other, ACTS_OTHER)
            + more_weight(&difference, &manner)
            + condition_weight(&difference, &manner, is_worded, length)
            + flag(asks_alone(&difference), ASKED_ALONE)
            + flag(manner.reworded > 0.0, EXCHANGED * difference.exchanged)
            + flag(dwelt(&self.key, stored), DWELT)
            + manner_weight(&manner, &difference, is_worded, mean, angle);
        1.0 / (1.0 + (-z).exp())
    }
}

/// Whether all that differs is what they ask for, and that is another thing.
fn asks_alone(difference: &Difference) -> bool {
    difference.likeness == Likeness::Other
        && matches!(difference.asks, AskDifference::MayHow | AskDifference::Why | AskDifference::Other)
}

/// What it weighs that one has all that the other has, and more.
fn more_weight(difference: &Difference, manner: &Manner) -> f64 {
    let is_extended = difference.likeness == Likeness::Extended;
    if !is_extended && difference.likeness != Likeness::Inserted {
        return 0.0;
    }
    let asked = match difference.asks {
        AskDifference::Same => 0.0,
        AskDifference::Silent if is_extended => BARE,
        AskDifference::Silent => 0.0,
        _ => MORE_ASKED,
    };
    asked + LONGER * manner.longer
}

/// What it weighs that one is asked of a case, and the other in general. `length` is the logarithm that counts.
fn condition_weight(difference: &Difference, manner: &Manner, is_worded: bool, length: f64) -> f64 {
    let is_added = matches!(difference.likeness, Likeness::Extended | Likeness::Inserted);
    let case = match (difference.conditioned, is_added) {
        (true, true) => CONDITIONED,
        (true, false) if !is_worded => CONDITIONED_BESIDE,
        _ => 0.0,
    };
    let is_led = difference.led && manner.reworded == 0.0 && manner.seeking == 0.0;
    let is_within = difference.within && manner.reworded == 0.0 && manner.seeking == 0.0;
    case + if is_led { LED + LED_LENGTH * length } else { 0.0 } + if is_within { WITHIN } else { 0.0 }
}

/// What the manner of the two weighs. `is_worded` says that the words say that both mean the same; `mean` is the number of
/// characters, `angle` that of the embeddings.
fn manner_weight(manner: &Manner, difference: &Difference, is_worded: bool, mean: f64, angle: f64) -> f64 {
    // Where and when are characters of their own too.
    let asks_alone = asks_alone(difference);
    let is_told_apart = matches!(
        difference.likeness,
        Likeness::Replaced | Likeness::Mixed | Likeness::Swapped | Likeness::Contrary
    );
    let is_ordered = !is_worded && !matches!(difference.likeness, Likeness::Mixed | Likeness::Swapped);
    let short = (VAGUE_LENGTHS.1 - mean.max(VAGUE_LENGTHS.0)).max(0.0) / (VAGUE_LENGTHS.1 - VAGUE_LENGTHS.0);
    let seeking = if is_told_apart { 0.0 } else { manner.seeking };
    let flag = |set: bool, weight: f64| if set { weight } else { 0.0 };
    flag(!is_worded && !asks_alone, OWN * manner.own * (OWN_ANGLE - angle).max(0.0))
        + SEEKING * seeking
        + flag(!is_worded && manner.about_words, ABOUT_WORDS)
        + flag(manner.turned, TURNED)
        + flag(manner.of_relatives, OF_RELATIVES)
        + flag(manner.judged, JUDGED)
        + flag(is_ordered && difference.crossed, CROSSED)
        + flag(manner.of_other, OF_OTHER)
        + flag(difference.vague && seeking == 0.0, VAGUE * short)
}

/// What the words alone say; `None` where both are known to be one. `length` is the logarithm that counts, `angle` that of the
/// embeddings.
fn likeness_weight(difference: &Difference, manner: &Manner, length: f64, angle: f64) -> Option<f64> {
    Some(match difference.likeness {
        Likeness::Idiom => return None,
        Likeness::Equal => -0.2,
        Likeness::Moved => -0.7,
        Likeness::Slip => 1.7,
        Likeness::Near => 0.1,
        Likeness::Loose => 0.9,
        Likeness::Mixed => -3.75,
        Likeness::Swapped => -6.0,
        Likeness::Replaced => {
            let is_clean = difference.is_clean() && !difference.conditioned;
            replaced_weight(is_clean, manner.reworded > 0.0, length, angle)
        }
        Likeness::Exchanged => -0.2,
        Likeness::Inserted => -0.1,
        Likeness::Extended => -0.3,
        Likeness::Contrary => -2.0,
        Likeness::Other => 0.4,
    })
}

/// What one stretch that stands for another weighs. `is_clean` says that no opposite, number, denial or case tells the two
/// apart.
fn replaced_weight(is_clean: bool, is_reworded: bool, length: f64, angle: f64) -> f64 {
    let (near, nearest) = if is_clean {
        ((NEAR_ANGLE - angle.max(NEAREST_ANGLE)).max(0.0), (NEAREST_ANGLE - angle.max(SAME_ANGLE)).max(0.0))
    } else {
        (0.0, 0.0)
    };
    if is_reworded {
        REPLACED_REWORDED + REPLACED_NEAREST * (near + nearest)
    } else {
        REPLACED + REPLACED_LENGTH * length + REPLACED_NEAR * near + REPLACED_NEAREST * nearest
    }
}

/// What it weighs that they ask for different things.
fn asks_weight(asks: AskDifference) -> f64 {
    match asks {
        AskDifference::Same => 0.0,
        AskDifference::Silent => 0.4,
        AskDifference::Near => -0.1,
        AskDifference::MayHow | AskDifference::Other => -1.5,
        AskDifference::Why => -1.1,
    }
}

/// Whether a character, or a run of letters and digits, of both stands more often in one.
fn dwelt(asked: &str, stored: &str) -> bool {
    let (asked, stored) = (counts(asked), counts(stored));
    asked
        .iter()
        .any(|(word, count)| stored.get(word).is_some_and(|other| other != count) && !COMMON.contains(word))
}

fn counts(key: &str) -> BTreeMap<&str, u32> {
    let mut counts = BTreeMap::new();
    let mut rest = key;
    while let Some(c) = rest.chars().next() {
        let end = if super::terms::is_unspaced(c) {
            c.len_utf8()
        } else {
            rest.find(super::terms::is_unspaced).unwrap_or(rest.len())
        };
        *counts.entry(&rest[..end]).or_default() += 1;
        rest = &rest[end..];
    }
    counts
}

#[cfg(test)]
mod tests;
