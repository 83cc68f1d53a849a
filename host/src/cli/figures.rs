//! The report of an evaluation, as people read it in a terminal.

use std::fmt::Write;

use console::style;

use super::counted;
use crate::clean;
use crate::evaluate::{Curve, Point, Ranking, Report};

/// Characters of a text in a list of misses.
const SHORT: usize = 60;

/// A report as text, with a line break at its end.
pub(super) fn table(report: &Report) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    _ = write(&mut text, report);
    text
}

fn write(out: &mut String, report: &Report) -> std::fmt::Result {
    let what = if report.pairs { "pairs" } else { "questions" };
    writeln!(
        out,
        "{}: {} {what} in {:.1} s",
        style(clean::line(&report.file)).bold(),
        report.questions,
        report.seconds
    )?;
    for base in &report.bases {
        let (documents, windows) = (counted(base.documents, "document"), counted(base.windows, "window"));
        writeln!(out, "  {}: {documents}, {windows}", base.name)?;
    }
    if let Some(times) = &report.times {
        let (embed, search) = (times.embed_ms, times.search_ms);
        writeln!(
            out,
            "  a question, side by side with others: embedding p50 {:.1} ms, p95 {:.1} ms; search p50 {:.1} ms, p95 {:.1} ms",
            embed.p50, embed.p95, search.p50, search.p95
        )?;
    }
    for note in &report.notes {
        writeln!(out, "  {} {}", style("note:").yellow(), clean::line(note))?;
    }
    for line in &report.skipped {
        writeln!(out, "  {} {}", style("not read:").yellow(), clean::line(line))?;
    }
    if let Some(ranking) = &report.overall.ranking {
        rankings(out, report, ranking)?;
    }
    for part in std::iter::once(&report.overall).chain(&report.parts) {
        let name = part.base.as_deref().map(|base| format!("{base}, alone: ")).unwrap_or_default();
        let key = if report.pairs { "answer_threshold" } else { "threshold" };
        curve(out, &format!("{name}{key}"), &part.curve)?;
        if let Some(answers) = &part.answers {
            curve(out, &format!("{name}answer_threshold (best hits that are stored questions)"), answers)?;
        }
        if let Some(answers) = part.cosine.as_ref().and_then(|cosine| cosine.answers.as_ref()) {
            curve(out, &format!("{name}the cosine in its place"), answers)?;
        }
    }
    misses(out, report)
}

fn rankings(out: &mut String, report: &Report, overall: &Ranking) -> std::fmt::Result {
    let mut rows = vec![("all".to_owned(), overall)];
    let by_cosine = report.overall.cosine.as_ref().and_then(|cosine| cosine.ranking.as_ref());
    rows.extend(by_cosine.map(|ranking| ("all by cosine".to_owned(), ranking)));
    for part in &report.parts {
        let base = part.base.as_deref().unwrap_or_default();
        rows.extend(part.ranking.as_ref().map(|ranking| (format!("{base} alone"), ranking)));
        rows.extend(part.together.as_ref().map(|ranking| (format!("{base} among all"), ranking)));
    }
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let mut head = format!("{:width$} {:>9}", "", "questions");
    for at in &overall.recall {
        write!(head, " {:>9}", format!("recall@{}", at.k))?;
    }
    for at in &overall.hit {
        write!(head, " {:>7}", format!("hit@{}", at.k))?;
    }
    writeln!(out, "\n{}", style(format!("{head}  MRR@10 nDCG@10")).dim())?;
    for (name, ranking) in rows {
        write!(out, "{name:width$} {:>9}", ranking.questions)?;
        for at in &ranking.recall {
            write!(out, " {:>9.4}", at.value)?;
        }
        for at in &ranking.hit {
            write!(out, " {:>7.4}", at.value)?;
        }
        writeln!(out, "  {:.4}  {:.4}", ranking.mrr_at_10, ranking.ndcg_at_10)?;
    }
    Ok(())
}

fn curve(out: &mut String, name: &str, curve: &Curve) -> std::fmt::Result {
    writeln!(out, "\n{}", style(name).bold())?;
    writeln!(
        out,
        "{}",
        style(format!(
            "{:>20} {:>10} {:>9} {:>8} {:>8} {:>8} {:>7}",
            "", "threshold", "precision", "recall", "kept", "answered", "right"
        ))
        .dim()
    )?;
    for wanted in &curve.wanted {
        let name = format!("precision ≥ {}", wanted.precision);
        match &wanted.met {
            Some(point) => row(out, &name, point)?,
            None => writeln!(out, "{name:>20} no threshold reaches it")?,
        }
    }
    row(out, "best F1", &curve.best_f1)?;
    if let Some(point) = &curve.configured {
        row(out, "configured", point)?;
    }
    // The table begins where the threshold first leaves a question unanswered, and ends where it answers
    // none.
    let all = curve.points.first().map_or(0, |point| point.answered);
    let moving = curve.points.iter().step_by(5).filter(|point| (1..all).contains(&point.answered));
    for point in moving {
        row(out, "", point)?;
    }
    Ok(())
}

fn row(out: &mut String, name: &str, point: &Point) -> std::fmt::Result {
    let precision = point.precision.map_or_else(|| "–".into(), |precision| format!("{precision:.4}"));
    writeln!(
        out,
        "{name:>20} {:>10} {precision:>9} {:>8.4} {:>8.4} {:>8} {:>7}",
        point.threshold, point.recall, point.kept, point.answered, point.right
    )
}

fn misses(out: &mut String, report: &Report) -> std::fmt::Result {
    let told = report.misses.len().max(report.misjudged.len());
    if told > 0 {
        let what =
            if report.pairs { "pairs on the wrong side of the configured threshold" } else { "misses" };
        writeln!(out, "\n{} ({told} of {})", style(what).bold(), report.missed)?;
    }
    for miss in &report.misses {
        writeln!(out, "{}: {}", style(clean::line(&miss.place)).dim(), clean::line(&miss.question))?;
        let right = if miss.right.is_empty() { "nothing".into() } else { miss.right.join(", ") };
        let rank = match (miss.right_rank, miss.right_score) {
            (Some(rank), Some(score)) => format!("rank {rank}, {score:.3}"),
            _ if miss.right.is_empty() => "should stay silent".into(),
            _ => format!("not among {} hits", report.depth),
        };
        writeln!(out, "    right: {} ({rank})", short(&right))?;
        match &miss.came {
            Some(came) => writeln!(
                out,
                "    came:  {:.3} {} / {}: {}",
                came.score,
                came.knowledge_base,
                clean::line(&came.document),
                short(&came.text)
            )?,
            None => writeln!(out, "    came:  nothing")?,
        }
    }
    for pair in &report.misjudged {
        let same = if pair.same { "same" } else { "different" };
        writeln!(
            out,
            "{}: {:.3} {same}: {} | {}",
            style(clean::line(&pair.place)).dim(),
            pair.score,
            clean::line(&pair.asked),
            clean::line(&pair.stored)
        )?;
    }
    Ok(())
}

fn short(text: &str) -> String {
    let text = &*clean::line(text);
    match text.char_indices().nth(SHORT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
