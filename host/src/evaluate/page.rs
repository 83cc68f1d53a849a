//! One HTML page of a report: figures, curves as inline SVG, and what went wrong. It needs nothing
//! else, not even a network.

use minijinja::Environment;
use minijinja::value::Serde;
use serde::Serialize;

use super::curve::{Curve, Point};
use super::report::Report;

const TEMPLATE: &str = include_str!("page.html.j2");

/// The drawing area of a chart, in its own units.
const WIDTH: f64 = 420.0;
const HEIGHT: f64 = 260.0;
/// Left of and below the axes.
const MARGIN: f64 = 40.0;

/// Draws a report. The report itself is in the page too, as JSON.
pub fn page(report: &Report) -> Result<String, String> {
    let mut environment = Environment::new();
    environment.add_template("page.html", TEMPLATE).map_err(|error| error.to_string())?;
    environment.add_filter("percent", |value: Option<f64>| {
        value.map_or_else(|| "–".to_owned(), |value| format!("{:.1} %", value * 100.0))
    });
    environment.add_filter("figure", |value: Option<f64>| {
        value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
    });
    // A threshold is shown as it has to be written.
    environment.add_filter("exactly", |value: f64| value.to_string());
    let charts: Vec<Charts> = std::iter::once(&report.overall)
        .chain(&report.parts)
        .flat_map(|part| {
            let answers = part.answers.as_ref().map(|curve| Charts::of(part.base.as_deref(), true, curve));
            [Some(Charts::of(part.base.as_deref(), report.pairs, &part.curve)), answers]
        })
        .flatten()
        .collect();
    // `<` would end the script it stands in.
    let json = serde_json::to_string(report).map_err(|error| error.to_string())?.replace('<', "\\u003c");
    let template = environment.get_template("page.html").map_err(|error| error.to_string())?;
    let seen = PageInput { report, charts, json, width: WIDTH, height: HEIGHT, margin: MARGIN };
    template.render(Serde(&seen)).map_err(|error| error.to_string())
}

/// What the template sees.
#[derive(Serialize)]
struct PageInput<'a> {
    report: &'a Report,
    charts: Vec<Charts<'a>>,
    json: String,
    width: f64,
    height: f64,
    margin: f64,
}

/// The charts of one curve.
#[derive(Serialize)]
struct Charts<'a> {
    base: Option<&'a str>,
    /// About `answer_threshold`; else about `threshold`.
    answers: bool,
    curve: &'a Curve,
    /// Along the threshold.
    lines: Vec<ChartLine>,
    /// Precision over recall.
    trade: String,
    /// Where the configured threshold is.
    configured_x: Option<f64>,
    /// Thresholds worth a row of the table: every tenth, and finer where the curve moves.
    rows: Vec<Point>,
}

#[derive(Serialize)]
struct ChartLine {
    name: &'static str,
    points: String,
}

impl<'a> Charts<'a> {
    fn of(base: Option<&'a str>, answers: bool, curve: &'a Curve) -> Self {
        let along = |name, value: &dyn Fn(&Point) -> Option<f64>| ChartLine {
            name,
            points: polyline(curve.points.iter().filter_map(|point| Some((point.threshold, value(point)?)))),
        };
        let mut lines =
            vec![along("precision", &|point| point.precision), along("recall", &|point| Some(point.recall))];
        if !answers {
            lines.push(along("kept", &|point| Some(point.kept)));
        }
        Self {
            base,
            answers,
            curve,
            lines,
            trade: polyline(curve.points.iter().filter_map(|point| Some((point.recall, point.precision?)))),
            configured_x: curve.configured.map(|point| x(point.threshold)),
            rows: curve.points.iter().step_by(5).copied().collect(),
        }
    }
}

fn polyline(points: impl Iterator<Item = (f64, f64)>) -> String {
    points.map(|(across, up)| format!("{:.1},{:.1}", x(across), y(up))).collect::<Vec<_>>().join(" ")
}

fn x(share: f64) -> f64 {
    MARGIN + share * WIDTH
}

fn y(share: f64) -> f64 {
    (1.0 - share) * HEIGHT + 10.0
}

#[cfg(test)]
mod tests;
