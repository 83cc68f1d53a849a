//! A side is one of the two that a question names: what is denied beside what is not, and who does something beside whom
//! it is done for. Where they have changed places the same words mean another thing: 没骑但是扣费 and 骑了但是没扣费.

use super::bound::bounded_otherwise;
use super::direction::is_turned;
use super::words::{COMPLEMENTS, DENIED_BEHIND, DENIED_HOW, FOR_WHOM, JOINS, PARTIES, SYNONYMS, WITH_WHOSE};

/// What a person is to what is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PartyRole {
    /// It is done for them: 给孩子充值.
    Served,
    /// What is theirs is used: 用孩子的卡.
    Owner,
    /// They belong to another: 老师的孩子.
    Belonging,
}

/// Characters of the longest verb that is looked for beside whoever does it.
const LONGEST_VERB: usize = 3;
/// Characters of the longest question whose denial is looked at: a longer one says more than two things.
const LONGEST: usize = 20;

/// What ends the name of a deed or of a mishap.
const MATTERS: &str = "了 休学 复学 转学 退学 过户 落户 迁移 蓝屏 黑屏 死机 卡顿 慢 疼 痛";

/// The sides of a question.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Sides {
    /// The question.
    text: String,
    /// What stands behind its only denial.
    denied: Option<String>,
    /// Whom it names, with what they are to what is done.
    parties: Vec<(&'static str, Option<PartyRole>)>,
}

impl Sides {
    /// The sides of a question in [plain](super::plain()) words.
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), denied: denied(text), parties: parties(text) }
    }

    /// Whether two sides have changed places, or stand in those of others.
    pub(super) fn change_places(&self, other: &Self) -> bool {
        self.deny_another(other)
            || self.serve_another(other)
            || acts_on_who_acts(&self.text, &other.text)
            || acts_on_who_acts(&other.text, &self.text)
            || is_turned_to_another(&self.text, &other.text)
            || is_turned_to_another(&other.text, &self.text)
            || wait_for_each_other(&self.text, &other.text)
            || is_turned(&self.text, &other.text)
            || bounded_otherwise(&self.text, &other.text)
    }

    /// Whether each denies what the other names and does not deny.
    fn deny_another(&self, other: &Self) -> bool {
        let (Some(one), Some(two)) = (&self.denied, &other.denied) else { return false };
        // 退货 and 退款 begin alike.
        let shared = one.chars().zip(two.chars()).take_while(|(a, b)| a == b).count();
        let begins = |text: &str| -> String { text.chars().take(shared + 1).collect() };
        let (mine, theirs) = (begins(one), begins(two));
        shared < 2 && mine != theirs && self.text.contains(&theirs) && other.text.contains(&mine)
    }

    /// Whether someone whom both name is served in one and owns what is used in the other, or two whom both name are each
    /// what the other one is there.
    fn serve_another(&self, other: &Self) -> bool {
        // Whoever asks is always there: 父母可以帮我缴费吗 and 可以帮父母缴费吗.
        let names =
            |sides: &Self, name: &str| name == "我" || sides.parties.iter().any(|(party, _)| *party == name);
        let mut mine =
            self.parties.iter().filter(|party| party.1.is_some() && !other.parties.contains(party));
        let theirs =
            || other.parties.iter().filter(|party| party.1.is_some() && !self.parties.contains(party));
        mine.any(|(name, role)| {
            theirs().any(|(their_name, their_role)| {
                name == their_name || role == their_role && names(self, their_name) && names(other, name)
            })
        })
    }

    /// Whether the question has a verb that says no more than that something is done. 怎么办 has none: 漏水怎么办 asks what to do.
    pub(super) fn deals_with_something(&self) -> bool {
        let text = ["怎么办", "如何办", "咋办"].iter().find_map(|asks| self.text.strip_suffix(asks));
        text.unwrap_or(&self.text).contains(['办', '弄', '搞'])
    }

    /// Whether what the question names is a deed or a mishap: who says no more than that asks what to do, as in 休学 and 马桶堵了.
    pub(super) fn names_a_matter(&self) -> bool {
        MATTERS.split_whitespace().any(|word| self.text.ends_with(word))
    }

    /// Whether one of some characters stands in the question.
    pub(super) fn says_one_of(&self, chars: &str) -> bool {
        self.text.contains(|c| chars.contains(c))
    }

    /// Whether the question counts how often: 次 and its kin in any place, and behind 几 a measure of what is done once each
    /// time, as in 打几针 and 面试几轮. Elsewhere that may be of a word: 停车场.
    pub(super) fn counts_times(&self) -> bool {
        let is_measure = |after: &str| after.starts_with(['针', '剂', '场', '轮', '堂']);
        self.says_one_of("次回遍趟")
            || ["几", "多少"].iter().any(|word| self.text.split(word).skip(1).any(is_measure))
    }
}

/// Whether someone who does something in one text is whom it is done to in the other: 被对方拉黑 beside 拉黑对方, and 别人欠我钱 beside
/// 欠别人钱.
fn acts_on_who_acts(one: &str, two: &str) -> bool {
    if !one.contains(['被', '我']) {
        return false;
    }
    let persons =
        || PARTIES.split_whitespace().chain(["人", "他", "她"]).filter(|person| two.contains(person));
    // The verb is what stands before them in the other text.
    let verbs = |person: &'static str| {
        let before =
            two.match_indices(person).map(|(at, _)| two[..at].strip_suffix('了').unwrap_or(&two[..at]));
        before.flat_map(|before| {
            before.char_indices().rev().take(LONGEST_VERB).map(move |(at, _)| &before[at..])
        })
    };
    persons().any(|person| {
        let suffers = two.contains(&format!("被{person}"));
        verbs(person).any(|verb| {
            let acts = one.contains(&format!("被{person}{verb}")) && !suffers
                || one.contains(&format!("{person}{verb}我")) && !JOINS.contains(verb);
            // 被骗人 is 被人骗.
            let is_same = one.contains(&format!("{verb}{person}"))
                || two.contains(&format!("{person}{verb}"))
                || two.contains(&format!("被{verb}"));
            acts && !is_same
        })
    })
}

/// Whether what is done in one text is done the other way round in the other, or by another.
fn is_turned_to_another(one: &str, two: &str) -> bool {
    is_asked_of_who_acts(one, two) || is_done_to_me(one, two) || is_done_by_what_suffers(one, two)
}

/// Words before the one of whom something is asked, or for whom it is done. Behind 找, 让 and 被 stands who does it, and behind 给 it
/// may.
const ASKED_OF: [&str; 4] = ["跟", "向", "替", "帮"];
/// Who may do something or have it done: those who serve everybody are none, for whoever asks them has them do it.
const ACTORS: &str =
    "老师 学生 同学 员工 同事 客户 护士 医生 房东 租客 业主 领导 老板 保安 司机 经理 朋友 好友 别人 他人";
/// What two do with each other, whoever is named first.
const DONE_TOGETHER: &str = "起同合拼共婚见换聊谈视联沟交协签比约";
const MAY: [&str; 2] = ["可以", "能"];
/// What one does for oneself, of someone else: with any other verb it is one matter who is named, as in 可以向医生咨询吗 and
/// 医生可以咨询吗, or 可以帮学生打印成绩单吗 and 学生可以打印成绩单吗.
const DONE_FOR_ONESELF: &str = "请假 调休 报销 罚款 投诉 举报 起诉 索赔 借钱 借款 借车 贷款 道歉 辞职 离职 退租 打卡 签到 签字 考试 投票 \
     打针 养 涨";

/// Whether one asks of someone, or for them, what they may do themselves in the other: 可以跟老师请假吗 and 老师可以请假吗.
fn is_asked_of_who_acts(one: &str, two: &str) -> bool {
    let may = |actor: &str, text: &str| MAY.iter().any(|may| text.contains(&format!("{actor}{may}")));
    // 朋友可以查我的话费吗 is asked of what is mine, and 我可以帮朋友查话费吗 of theirs. Whoever acts 替 someone stands in their place.
    let is_own = |verb: &str| one.contains(verb) && two.contains(verb);
    if !two.contains('我') && !one.contains('替') && !DONE_FOR_ONESELF.split_whitespace().any(is_own) {
        return false;
    }
    let mut actors = ACTORS.split_whitespace().filter(|actor| two.starts_with(actor));
    actors.any(|actor| {
        let is_asked = ASKED_OF.iter().any(|word| one.contains(&format!("{word}{actor}")));
        is_asked
            && may(actor, two)
            && !may(actor, one)
            && !two.contains(['代', '替', '帮', '向', '跟'])
            && !one.replace(actor, "").contains(|c| DONE_TOGETHER.contains(c))
    })
}

/// What is done to people: behind any other verb 我 begins what is asked, as in 密码忘了我怎么登录, and so it does behind one
/// of [`OUTCOMES`].
const DONE_TO_PEOPLE: &str = "撞咬欠骂踢抓追骗";
/// Behind such a verb these tell what came of it, or make another word of it: 护栏撞坏了我要赔多少, 货款追回我要什么材料.
const OUTCOMES: [char; 8] = ['坏', '伤', '破', '碎', '加', '回', '拍', '费'];
/// Money does nothing to anybody: 学费欠了我能毕业吗 names first what I owe.
const MONEY: [char; 5] = ['费', '款', '钱', '债', '账'];
/// Characters of the longest thing that is looked for beside what is done to it.
const LONGEST_THING: usize = 4;

/// Whether something does to the one who asks what they do to it in the other: 车撞了我 and 我撞了车.
fn is_done_to_me(one: &str, two: &str) -> bool {
    let is_actor = |thing: &str| !thing.contains('我') && !thing.ends_with(MONEY);
    one.match_indices('我').any(|(at, _)| {
        let (before, after) = one.split_at(at);
        let before = before.strip_suffix('了').unwrap_or(before);
        let is_outcome = |verb: &str| verb.ends_with(OUTCOMES) && !after.starts_with("我的");
        let verbs = before.char_indices().rev().take(2).map(|(at, _)| before.split_at(at));
        let done = |verb: &str| verb.starts_with(|c| DONE_TO_PEOPLE.contains(c)) && !is_outcome(verb);
        verbs.filter(|(_, verb)| done(verb)).any(|(before, verb)| {
            let things = before.char_indices().rev().take(LONGEST_THING).map(|(at, _)| &before[at..]);
            things.filter(|thing| is_actor(thing) && *thing != verb).any(|thing| {
                two.contains(&format!("我{verb}{thing}")) || two.contains(&format!("我{verb}了{thing}"))
            })
        })
    })
}

/// Whether what suffers something in one does it in the other: 狗被咬 and 被狗咬.
fn is_done_by_what_suffers(one: &str, two: &str) -> bool {
    one.match_indices('被').any(|(at, word)| {
        let (before, after) = (&one[..at], &one[at + word.len()..]);
        let Some(verb) = after.chars().next() else { return false };
        let mut things = before.char_indices().rev().take(LONGEST_THING).map(|(at, _)| &before[at..]);
        things.any(|thing| {
            two.contains(&format!("被{thing}{verb}"))
                && !two.contains(&format!("{thing}被"))
                && !one.contains(&format!("被{thing}"))
        })
    })
}

/// Whether each asks how long after what the other asks for it may be done: 挂失后多久可以补卡 and 补卡多久可以挂失.
fn wait_for_each_other(one: &str, two: &str) -> bool {
    let waits = |text: &str| -> Option<(String, String)> {
        let (first, then) = text.split_once("多久")?;
        let then = then.trim_start_matches('才');
        let then = MAY.iter().find_map(|may| then.strip_prefix(may))?.trim_end_matches(['吗', '了']);
        let first = first.trim_end_matches(['要', '需', '之', '以', '后', '了', '完']);
        (!first.is_empty() && !then.is_empty()).then(|| (first.to_owned(), then.to_owned()))
    };
    waits(one).zip(waits(two)).is_some_and(|(one, two)| one != two && one.0 == two.1 && one.1 == two.0)
}

/// What stands behind a question's denial; `None` where it has none, or several.
fn denied(text: &str) -> Option<String> {
    if text.chars().count() > LONGEST {
        return None;
    }
    let mut denials = text.match_indices(['没', '未', '不']).filter(|(at, denial)| {
        let after = &text[at + denial.len()..];
        // 登不上 and 进不去 deny the verb before.
        let is_way = after.starts_with('去') && text[..*at].ends_with(['进', '出', '上', '下', '过', '回']);
        !after.is_empty() && !is_way && !after.starts_with(|c| COMPLEMENTS.contains(c))
    });
    let (at, denial) = denials.next().filter(|_| denials.next().is_none())?;
    let mut after = &text[at + denial.len()..];
    while let Some(rest) = DENIED_BEHIND.split_whitespace().find_map(|word| after.strip_prefix(word)) {
        after = rest;
    }
    (!after.is_empty() && !after.starts_with(|c| DENIED_HOW.contains(c))).then(|| after.to_owned())
}

/// Whom a question names, each with their role.
fn parties(text: &str) -> Vec<(&'static str, Option<PartyRole>)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let words = PARTIES.split_whitespace().filter(|word| rest.starts_with(word));
        match words.max_by_key(|word| word.len()) {
            Some(party) => {
                found.push((party, role_behind(&text[..text.len() - rest.len()], &found)));
                rest = &rest[party.len()..];
            }
            None => rest = &rest[c.len_utf8()..],
        }
    }
    found.iter_mut().for_each(|(party, _)| *party = one_for_all(party));
    found
}

/// The first of the words that mean the same person: 孩 for 儿童.
fn one_for_all(party: &'static str) -> &'static str {
    let mut groups = SYNONYMS.iter().map(|group| group.split_whitespace());
    groups
        .find_map(|mut group| group.clone().any(|word| word == party).then(|| group.next())?)
        .unwrap_or(party)
}

/// What someone is who is named behind a text in which others are `named`.
fn role_behind(text: &str, named: &[(&'static str, Option<PartyRole>)]) -> Option<PartyRole> {
    let others = named.last().filter(|(party, _)| *party != "我");
    if text.strip_suffix('的').zip(others).is_some_and(|(owner, (party, _))| owner.ends_with(party)) {
        return Some(PartyRole::Belonging);
    }
    // 给我的孩子 and 给孩子 are one.
    let text = text.trim_end_matches(['的', '我', '你', '您', '家']);
    let ends_in = |words: &str| words.split_whitespace().any(|word| text.ends_with(word));
    if ends_in(FOR_WHOM) {
        Some(PartyRole::Served)
    } else if ends_in(WITH_WHOSE) {
        Some(PartyRole::Owner)
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
