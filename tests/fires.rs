//! Standard answers with the real embedder: which questions get one, of those that are stored in other words and of those that only
//! look alike.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::run;

/// Where the host gives a standard answer unless it is told otherwise, in hundredths.
const ANSWER_THRESHOLD: usize = 75;

/// Stored questions, and asked ones with the number of the stored one that they mean.
#[derive(Default)]
struct Faq {
    stored: Vec<String>,
    asked: Vec<(String, Option<usize>)>,
}

impl Faq {
    /// Lines of `= stored`, `+ asked in other words` and `- only looks alike`.
    fn read(text: &str) -> Self {
        let mut faq = Self::default();
        for line in text.lines() {
            if let Some(stored) = line.strip_prefix("= ") {
                faq.stored.push(stored.to_owned());
            } else if let Some(asked) = line.strip_prefix("+ ") {
                faq.asked.push((asked.to_owned(), faq.stored.len().checked_sub(1)));
            } else if let Some(asked) = line.strip_prefix("- ") {
                faq.asked.push((asked.to_owned(), None));
            }
        }
        faq
    }

    /// How many questions get the answer they mean, how many get any, and the host's own words on it.
    fn fired(&self) -> (usize, usize, Value) {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, lines: Vec<Value>| -> PathBuf {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
            std::fs::write(&path, lines.join("\n")).unwrap();
            path
        };
        let stored = self
            .stored
            .iter()
            .map(|question| json!({"question": question, "answer": format!("答：{question}")}));
        write("base/faq.jsonl", stored.collect());
        let asked = self.asked.iter().map(|(question, right)| {
            let right: Vec<String> = right.iter().map(|number| format!("faq.jsonl#{number}")).collect();
            json!({"question": question, "right": right})
        });
        let questions = write("questions.jsonl", asked.collect());
        let base = folder.path().join("base");
        let output = run(
            &folder.path().join("host.toml"),
            &["kb", "evaluate", questions.to_str().unwrap(), "--corpus", base.to_str().unwrap(), "--json"],
        );
        let report: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
        let point = &report["overall"]["answers"]["points"][ANSWER_THRESHOLD];
        let count = |name: &str| usize::try_from(point[name].as_u64().unwrap()).unwrap();
        (count("right"), count("answered"), report["misses"].clone())
    }
}

/// One exchanged word, a verb in front, an object behind, another count, a denial, who does it for whom.
#[test]
fn a_question_that_differs_in_what_it_asks_gets_no_answer() {
    let faq = Faq::read(
        "= 猫多久洗一次澡？\n- 狗多久洗一次澡\n- 猫洗一次澡要多久\n\
         = 私教课怎么预约？\n- 团课怎么预约\n\
         = 绝育前要注意什么？\n- 绝育后要注意什么\n\
         = 借记卡怎么激活？\n- 信用卡怎么激活\n\
         = 研究生的学费是多少？\n- 本科生的学费是多少\n\
         = 会员可以单次体验吗？\n- 非会员可以单次体验吗\n\
         = 大件多久送到？\n- 小件多久送到\n\
         = 怎么取消订单？\n- 怎么恢复取消的订单\n- 取消退款\n- 怎么不取消订单\n\
         = 这件衣服多少钱？\n- 这件衣服多少件起批\n\
         = 可以带身份证复印件吗？\n- 可以不带身份证复印件吗\n\
         = 他怎么给我转账？\n- 我怎么给他转账\n\
         = 房屋贷款提前还清需要交违约金吗？\n- 二手车贷款提前还清需要交违约金吗\n\
         = 周末来健身房上动感单车课需要提前预约吗？\n- 周末来健身房上瑜伽课需要提前预约吗\n",
    );
    let (_, answered, told) = faq.fired();
    assert_eq!(answered, 0, "{told:#}");
}

/// Slips by sound, wants, spoken words, and what is asked with a noun.
#[test]
fn a_question_that_only_says_it_otherwise_gets_its_answer() {
    let faq = Faq::read(
        "= 怎么退款？\n+ 怎么推款\n+ 我要退款\n+ 咋退款\n\
         = 订单怎么取消？\n+ 我想取消订单\n+ 帮我取消订单\n\
         = 你叫什么名字？\n+ 你叫啥\n\
         = 物业费怎么交？\n+ 物业非怎么交\n+ 物业费咋交啊\n\
         = 洗牙多少钱？\n+ 洗牙价格\n+ 洗牙怎么收费\n\
         = 停车收费吗？\n+ 停车要钱不\n\
         = 可以带小孩吗？\n+ 能不能带孩子\n\
         = 怎么报名？\n+ 报名流程\n\
         = 周末有车位吗？\n+ 周末有没有停车位\n",
    );
    let asked = faq.asked.len();
    let (right, answered, told) = faq.fired();
    assert_eq!((right, answered), (asked, asked), "{told:#}");
}

/// The bases that nothing was chosen on. `scripts/quality-answers` prints the curve.
#[test]
fn small_bases_answer_most_paraphrases_and_hardly_a_near_miss() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/standard_answers/held");
    let texts =
        std::fs::read_dir(folder).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    let (mut right, mut answered, mut paraphrases, mut near_misses) = (0, 0, 0, 0);
    for text in texts {
        let faq = Faq::read(&text);
        paraphrases += faq.asked.iter().filter(|(_, right)| right.is_some()).count();
        near_misses += faq.asked.iter().filter(|(_, right)| right.is_none()).count();
        let fired = faq.fired();
        right += fired.0;
        answered += fired.1;
    }
    assert!(paraphrases > 400 && near_misses > 400, "{paraphrases} {near_misses}");
    assert!(right * 100 >= 55 * paraphrases, "{right} of {paraphrases}");
    assert!((answered - right) * 100 <= 2 * near_misses, "{} of {near_misses}", answered - right);
}
