//! What is said of question files and of what evaluations found.

use super::Row;

/// The first that fits is taken, so that the narrower sentences of a group come first.
pub(super) const ROWS: &[Row] = &[
    // Sentences of a report.
    (
        "only_overall",
        "{questions} questions count only overall: which base should know them is told neither by {}",
    ),
    (
        "ids_not_found",
        "{ids} right ids name no document there and count as missed ({places}); correct them, import {}",
    ),
    (
        "base_not_evaluated",
        "{questions} questions name a base that is not evaluated, so nothing can be right for them ({places})",
    ),
    // Sentences about lines of a file.
    ("more_lines", "… and {lines} more"),
    ("bad_line", "line {line}: {why}"),
    ("entry_of_file", "entry {entry}: {why}"),
    ("nothing_right_of_fields", "does not say what is right; give ids in {}; its fields are {fields}"),
    ("nothing_right", "does not say what is right; {}"),
    ("no_question_in_fields", "has no question; its fields are {fields}"),
    ("no_question_in_line", "has no question"),
    ("no_words_in_question", "the question has no words"),
    ("no_words_in_text", "the text to find, `{text}`, has no words"),
    ("not_an_object_in_line", "is not a JSON object: {}; write one object on each line"),
    // Sentences about files.
    ("no_question_read", "{file}: holds nothing that could be read{lines}"),
    (
        "most_lines_unread",
        "{file}: {unread} of {all} lines cannot be read, so it is probably meant otherwise; {}",
    ),
    ("columns_unnamed", "{file}: line 1: has {columns} columns and does not name them; begin {}"),
    ("file_empty", "{file}: is empty"),
    ("file_not_csv", "{file}: is not valid CSV: {cause}"),
    ("file_not_json", "{file}: line {line}: is not valid JSON: {cause}"),
    ("file_not_text", "{file}: is not text; {}"),
    ("no_question_sent", "there is no question to ask; {}"),
    ("too_many_variants", "there are {given} variants; send at most {most}"),
];
