//! A threshold is the score from which on a hit counts. Stored questions have one of their own: short questions of
//! one kind look more alike to an embedder than a question and a passage do.

use serde::Serialize;

use super::settings::BaseSettings;

/// The lowest score at which a hit counts, by what the hit is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct HitThresholds {
    /// A passage of a document.
    pub passages: f64,
    /// A stored question.
    pub questions: f64,
}

impl HitThresholds {
    /// Measured on sets whose questions were asked in one another's bases; `docs/retrieval-score.md` has the curves.
    pub const DEFAULT: Self = Self { passages: 0.57, questions: 0.65 };

    /// One for both.
    pub fn both(threshold: f64) -> Self {
        Self { passages: threshold, questions: threshold }
    }

    /// The threshold of a hit, by whether it is a stored question.
    pub fn of(self, is_question: bool) -> f64 {
        if is_question { self.questions } else { self.passages }
    }
}

impl BaseSettings {
    /// The lowest scores at which hits of the base count.
    pub fn hit_thresholds(&self) -> HitThresholds {
        HitThresholds {
            passages: self.threshold.unwrap_or(HitThresholds::DEFAULT.passages),
            questions: self.question_threshold.or(self.threshold).unwrap_or(HitThresholds::DEFAULT.questions),
        }
    }
}

#[cfg(test)]
mod tests;
