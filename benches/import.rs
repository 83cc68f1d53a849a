//! What an import costs beside embedding: windows a second through the whole import, with the local
//! model and an embedded base, beside the same texts given to the embedder and nothing else. The
//! two take turns, because the machines are noisy. `make bench`.

#![allow(clippy::disallowed_methods, reason = "benchmarks start servers and ask them")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has failed")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use qianfan_host::knowledge::{BaseSettings, Library, Source};
use qianfan_host::plugin::{EngineSettings, SandboxedReader};

const ROUNDS: usize = 5;
const WINDOWS: usize = 256;

/// A section of one window, and the text that is embedded for it.
fn section(seed: usize) -> (String, String) {
    let words = ["平行志愿", "院校专业组", "投档规则", "录取分数线", "征集志愿", "体检标准", "学费", "调剂"];
    let clause = |i: usize| {
        format!("第{}条{}参照{}执行", (seed + i) % 97, words[(seed * 7 + i) % 8], words[(seed + i * 3) % 8])
    };
    let text = format!("{}。", (0..6).map(clause).collect::<Vec<_>>().join("，"));
    let heading = format!("第{seed}节");
    (format!("# {heading}\n\n{text}\n\n"), format!("{heading}\n{text}"))
}

#[tokio::main]
async fn main() {
    println!(
        "{:<52} {:>8} {:>8} {:>7}",
        "windows a second, median of paired rounds", "bare", "import", "ratio"
    );
    for (what, in_one) in
        [("documents of 64 windows", 64), ("documents of 8 windows", 8), ("documents of 1 window", 1)]
    {
        rounds(what, in_one).await;
    }
}

async fn rounds(what: &str, in_one: usize) {
    let folder = tempfile::tempdir().unwrap();
    let bases = BTreeMap::from([("a".to_owned(), BaseSettings::default())]);
    let reader = Arc::new(SandboxedReader::new(EngineSettings::default()));
    let library =
        Library::open(folder.path(), &bases, &BTreeMap::new(), &BTreeMap::new(), reader).await.unwrap();
    let base = library.base("a").unwrap();
    base.vectors(vec!["热身".into()]).await.unwrap();
    let (mut bare, mut ours) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let sections: Vec<_> = (0..WINDOWS).map(|i| section(round * WINDOWS + i)).collect();
        let texts: Vec<String> = sections.iter().map(|(_, text)| text.clone()).collect();
        let begun = Instant::now();
        base.vectors(texts).await.unwrap();
        bare.push(WINDOWS as f64 / begun.elapsed().as_secs_f64());

        let documents = sections.chunks(in_one).enumerate().map(|(i, sections)| {
            let text: String = sections.iter().map(|(section, _)| section.as_str()).collect();
            Source::bytes(format!("{round}-{i}.md"), text)
        });
        let documents = documents.collect();
        let begun = Instant::now();
        let report = base.import(documents, &|_| {}).await.unwrap();
        ours.push(report.windows as f64 / begun.elapsed().as_secs_f64());
        assert_eq!(report.windows, WINDOWS);
    }
    let mut ratios: Vec<f64> = bare.iter().zip(&ours).map(|(bare, ours)| ours / bare).collect();
    let median = |values: &mut Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    println!("{what:<52} {:>8.1} {:>8.1} {:>7.2}", median(&mut bare), median(&mut ours), median(&mut ratios));
}
