//! What imports say of documents: notes on those that went in, and why others could not be read.

use super::Row;

/// In each group the narrower sentence first.
pub(super) const ROWS: &[Row] = &[
    // How a file was understood.
    ("read_as_form", "read as a form of {rows} row{}, each name with the value beside it"),
    (
        "read_as_table_without_header",
        "read as a table of {rows} row{} without a header, since no row was likely to name the columns; where one does, put it above the others",
    ),
    ("read_as_table", "read as a table of {rows} row{}; row {header} was taken for its header: {names}"),
    (
        "read_as_table_doubtful",
        "read as a table of {rows} row{}; row {header} was taken for its header, as is usual: {names}",
    ),
    (
        "read_as_table_rows",
        "read as a table of {rows} row{}; rows {first} and {last} were taken for its header{}: {names}",
    ),
    ("read_as_texts", "read as {records} record{}, each a text to search"),
    ("read_as_questions_with_ways", "read as {questions} question{} with {ways} other way{} to ask{more}"),
    ("read_as_questions", "read as {questions} question{}, {more}"),
    ("read_as_questions", "read as {questions} question{}; {more}"),
    ("read_as_questions_only", "read as {questions} question{}"),
    ("two_answers", "two answers: {questions}; all are in, and one of them is given; leave one of each"),
    (
        "half_questions",
        "left out for want of a question or an answer: line or place {lines}; write both and import it again",
    ),
    (
        "tables_without_header",
        "{tables} table{} no row that was likely to name the columns; the rows stand as they are",
    ),
    ("more_notes", "{notes} notes more"),
    ("more_notes", "{notes} note more"),
    (
        "encoding_doubtful",
        "its text was read as {encoding}, and could also be {rival}; where it looks wrong, save it as UTF-8 and import it again",
    ),
    (
        "encoding_guessed",
        "its text was read as {encoding}; where it looks wrong, save it as UTF-8 and import it again",
    ),
    // What was left out.
    (
        "hidden_text",
        "Text that is hidden in the document was left out ({characters} character{}: “{beginning}”).",
    ),
    (
        "struck_text",
        "Text that is struck out in the document was left out ({characters} character{}: “{beginning}”).",
    ),
    ("hidden_sheets", "Hidden sheets were left out: {names}."),
    ("hidden_slides", "Hidden slides were left out: {names}."),
    ("comments", "Comments in the margin were left out ({count})."),
    ("charts", "The text of charts was left out; write it as text where it is needed."),
    ("embedded_document", "A document that is embedded in this one was left out; import it by itself."),
    ("embedded_objects", "Embedded objects cannot be read and were left out."),
    ("attachments", "Files attached to the message were left out: {names}; import them by themselves."),
    (
        "formulas_empty",
        "Formulas without a stored value on sheet “{sheet}” were left empty ({cells}); open the file in a spreadsheet program, save it, and import it again.",
    ),
    ("formulas_computed", "Formulas without a stored value on sheet “{sheet}” were computed here ({cells})."),
    ("error_cells", "Cells on sheet “{sheet}” show an error and were left empty ({cells})."),
    (
        "unknown_fonts",
        "{characters} characters on {pages} are left out: their fonts do not say which they are; compare the page, and run OCR or print it to a PDF anew",
    ),
    ("damaged_pages", "What is drawn on {pages} cannot be read: the file is damaged there; save it anew"),
    ("running_titles", "Running titles: {titles}"),
    (
        "unreadable_characters",
        "{characters} characters could not be read: the message does not say its encoding rightly.",
    ),
    // Why a document could not be read.
    ("empty", "holds no text"),
    ("no_answer", "holds no question with an answer: {why}"),
    ("no_words", "holds no words to search for"),
    ("no_cell", "holds no cell with text"),
    ("scanned", "holds no text: its pages are scanned or drawn; run OCR first, or import the text"),
    ("picture_slides", "holds no text: its slides are pictures; write what they show as text, or run OCR"),
    ("only_attachments", "holds no text; where it only carries files, import those"),
    (
        "fonts_without_characters",
        "has fonts that do not say which characters they show; run OCR, or print it to a PDF anew",
    ),
    ("cut_off", "is cut off: its end is missing, so what remains is damaged; copy or download it again"),
    ("no_pages", "is damaged: it has no pages that can be found; save it anew"),
    ("not_pdf", "is no PDF file, although its name says so"),
    ("encrypted_unreadably", "is encrypted in a way that cannot be read; save it without encryption"),
    ("encrypted", "is encrypted; save it without a password"),
    ("old_office", "is in the format of before 2007, or encrypted; save it as .{format} without a password"),
    ("other_office", "is a {format} file; end its name with .{}"),
    ("damaged_office", "is no {format} file or is damaged; save it anew: {why}"),
    ("damaged_office", "is no {format} file, or damaged: {why}; save it anew"),
    ("damaged", "is damaged; save it anew: {why}"),
    ("protected_book", "is protected against copying, or damaged; get it without protection"),
    ("damaged_mail", "is no message, or damaged; save it anew"),
    ("reader_broke", "is damaged, and its reader broke: {why}"),
    ("too_slow", "takes longer than {limit} to read; split it, or save it anew"),
    ("too_much_memory", "takes more than {limit} of memory to read; split it, or save it anew"),
    ("too_deep", "is nested too deep; save it anew"),
    ("too_deep", "nests elements more than {depth} deep; save it anew, or as text"),
    ("too_deep", "nests quotes and lists more than {depth} deep; save it anew"),
    ("too_much_text", "holds more than {limit} of text; split it"),
    ("too_many_cells", "holds more than {cells} cells; split it"),
    ("too_many_slides", "has more than {slides} slides; split it"),
    ("too_many_marks", "holds more than {marks} marks and lines; split it, or name its format txt"),
    (
        "too_much_unfolded",
        "unfolds to more than {mebibytes} MiB of text, its columns' names and headings repeated; split it",
    ),
    ("too_many_pieces", "holds more than {pieces} rows, sections or questions; split it"),
    ("too_many_windows", "is cut to {windows} windows; a document may have {most}, so split it"),
    ("too_large", "is {mebibytes} MiB; a document of its format may have {most} MiB, so split it"),
    (
        "wrong_byte",
        "is not {encoding} text: its byte {byte} (from 0; line {line}) is wrong; save it as UTF-8",
    ),
    (
        "unknown_encoding",
        "is not UTF-8 text from its byte {byte} on, and of no encoding that could be told; save it as UTF-8",
    ),
    ("utf32", "is UTF-32 text, which is not read; save it as UTF-8"),
    ("not_text", "is not text, although its name says so"),
    (
        "open_quote",
        "line {line}: a quote (\") opens a cell there and takes the rows below it in; close it, or write a quote that is text as \"\" within a cell in quotes",
    ),
    (
        "no_question_columns",
        "has no question and answer columns (its first row says: {names}); name them `question` and `answer` (or 问题 and 答案) in the first row",
    ),
    (
        "long_question",
        "its question in line or place {line} has more than {characters} characters; shorten it",
    ),
    ("bad_line", "line {line}: {why}"),
    ("bad_id", "its id holds a control character, such as a line break; rename it"),
    ("long_id", "its id must have 1 to {bytes} bytes"),
    ("nothing_inside", "holds no file that could be imported"),
    // Of archives.
    ("archive_link", "is a link to another file; pack the file itself"),
    ("archive_in_archive", "is an archive in an archive; unpack one of the two"),
    ("archive_same_name", "its archive holds another file of this name; give each its own"),
    ("archive_encrypted", "is encrypted; pack it without a password"),
    ("archive_cut_off", "is cut off; pack or send the archive anew"),
    (
        "archive_leads_out",
        "has a name that leads out of its archive or is none; pack it anew with relative names",
    ),
    ("archive_too_many", "holds {files} files; an archive may hold {most}, so split it"),
    ("archive_bomb", "unfolds more than {times}-fold, as a bomb does; send it unpacked if it is none"),
    ("archive_damaged", "is no {format} archive or is damaged; pack it anew: {why}"),
];
