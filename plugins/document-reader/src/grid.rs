//! A grid is a table as it is read, row by row. A cell over several columns or rows is said in each of them, because a
//! row is read alone, each cell under the name of its column.

use crate::output::{Output, one_line};

/// Most rows that name columns; real tables have two, seldom three.
const MAX_HEADERS: usize = 4;
/// Most columns of a table; Word knows no more than 63, browsers span no more than this.
pub(crate) const MAX_COLUMNS: usize = 1000;
/// Ends of names of what numbers say: 学费, 人数.
const MEASURES: &[&str] =
    &["费", "数", "额", "价", "价格", "量", "值", "率", "分", "比", "款", "学制", "年限"];
/// Ends of other names of columns that are seldom values themselves: 内容 beside 项目, where both are set in bold.
const NAMES: &[&str] = &[
    "内容", "说明", "备注", "要求", "标准", "电话", "地址", "时间", "地点", "日期", "名称", "姓名", "类型",
    "条件", "方式", "对象", "部门", "单位", "职责",
];
/// Characters of a name that nothing but its look shows to be one.
const MAX_NAME: usize = 20;
/// What stands in place of such a number.
const NO_NUMBER: &[&str] = &["免", "无", "—", "-"];

#[derive(Debug, Default)]
pub(crate) struct Grid {
    rows: Vec<GridRow>,
    row: GridRow,
    /// What stands in each column, and in how many rows more it stands.
    above: Vec<Above>,
}

#[derive(Debug, Default)]
struct GridRow {
    cells: Vec<String>,
    /// Cells that begin in this row.
    begun: usize,
    /// Whether the document says that it names the columns, and whether a cell with words that begins in it is not set in bold.
    is_header: bool,
    has_light: bool,
    /// Whether the document says of each cell, in turn, that it is a name and that it is the value of that name.
    has_pairs: bool,
    /// Whether a cell is over several columns, or goes on from the row above.
    is_wide: bool,
    goes_on: bool,
}

#[derive(Debug, Default, Clone)]
struct Above {
    text: String,
    more: usize,
}

impl Grid {
    /// Leaves columns free at the beginning of a row.
    pub(crate) fn skip(&mut self, columns: usize) {
        let columns = columns.min(MAX_COLUMNS - self.row.cells.len().min(MAX_COLUMNS));
        self.row.cells.resize(self.row.cells.len() + columns, String::new());
    }

    /// A cell over so many columns and rows, to the right of what the row has.
    pub(crate) fn cell(
        &mut self,
        text: String,
        columns: usize,
        rows: usize,
        output: &mut Output,
    ) -> Result<(), String> {
        self.fill(1, output)?;
        self.row.begun += 1;
        self.row.is_wide |= columns > 1;
        let first = self.row.cells.len();
        let end = (first + columns.clamp(1, MAX_COLUMNS)).min(MAX_COLUMNS.max(first + 1));
        output.count_cells(end - first)?;
        output.count(text.len() * (end - first))?;
        if self.above.len() < end {
            self.above.resize(end, Above::default());
        }
        for above in &mut self.above[first..end] {
            *above = Above { text: text.clone(), more: rows.saturating_sub(1) };
            self.row.cells.push(text.clone());
        }
        Ok(())
    }

    /// A cell that goes on from the row above.
    pub(crate) fn goes_on(&mut self, columns: usize, output: &mut Output) -> Result<(), String> {
        self.row.begun += 1;
        self.row.goes_on = true;
        let first = self.row.cells.len();
        let end = (first + columns.clamp(1, MAX_COLUMNS)).min(MAX_COLUMNS.max(first + 1));
        for column in first..end {
            let text = self.above.get(column).map_or("", |above| &above.text).to_owned();
            output.count_cells(1)?;
            output.count(text.len())?;
            self.row.cells.push(text);
        }
        Ok(())
    }

    /// The row has a cell with words that are not set in bold.
    pub(crate) fn has_light(&mut self) {
        self.row.has_light = true;
    }

    /// The row has names, each with its value beside it, as the document says.
    pub(crate) fn has_pairs(&mut self) {
        self.row.has_pairs = true;
    }

    /// The text of the row's last cell so far.
    pub(crate) fn last(&self) -> &str {
        self.row.cells.last().map_or("", String::as_str)
    }

    /// Says again what stands in the next columns from rows above; `within` is 1 where another cell follows.
    fn fill(&mut self, within: usize, output: &mut Output) -> Result<(), String> {
        loop {
            let column = self.row.cells.len();
            let Some(above) = self.above.get_mut(column) else { return Ok(()) };
            if above.more == 0 {
                // Columns further right may yet go on; between them stands nothing.
                if within == 1 || self.above[column..].iter().all(|above| above.more == 0) {
                    return Ok(());
                }
                self.row.cells.push(String::new());
                continue;
            }
            above.more -= 1;
            self.row.goes_on = true;
            let text = above.text.clone();
            output.count_cells(1)?;
            output.count(text.len())?;
            self.row.cells.push(text);
        }
    }

    /// Ends the row. Rows of no text are dropped.
    pub(crate) fn end_row(&mut self, is_header: bool, output: &mut Output) -> Result<(), String> {
        self.fill(0, output)?;
        let mut row = std::mem::take(&mut self.row);
        row.is_header = is_header;
        if row.cells.iter().all(String::is_empty) {
            return Ok(());
        }
        self.rows.push(row);
        Ok(())
    }

    /// Ends the row, which does not belong to the document; its text.
    pub(crate) fn drop_row(&mut self) -> String {
        std::mem::take(&mut self.row).cells.join(" ").trim().to_owned()
    }

    /// No cell goes on below here.
    pub(crate) fn end_section(&mut self) {
        for above in &mut self.above {
            above.more = 0;
        }
    }

    /// The table: its rows, a line over all columns as a row of one cell, and how many of the first the document calls its
    /// header, with the lines above it.
    pub(crate) fn finish(self) -> GridTable {
        let width = self.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
        let mut rows: Vec<GridRow> = Vec::with_capacity(self.rows.len());
        for mut row in self.rows {
            let across = width > 1 && row.begun == 1 && row.cells.len() == width;
            if across && row.cells.windows(2).all(|pair| pair[0] == pair[1]) {
                row.cells.truncate(1);
            } else if width > 1 && row.cells.len() == 1 {
                row.cells.push(String::new());
            }
            rows.push(row);
        }
        let mut lengths = Vec::new();
        let mut from = 0;
        while let Some(length) = rows.get(from..).and_then(|rows| next_table(rows, width)) {
            lengths.push(length);
            from += length;
        }
        let mut rows = rows.into_iter();
        let mut tables: Vec<NamedRows> = lengths
            .into_iter()
            .map(|length| NamedRows::new(rows.by_ref().take(length).collect(), width))
            .collect();
        tables.push(NamedRows::new(rows.collect(), width));
        GridTable { tables, width }
    }
}

impl GridRow {
    /// Whether it is one cell over all columns.
    fn is_line(&self, width: usize) -> bool {
        width > 1 && self.cells.len() == 1
    }

    /// Whether it may name columns below rows that others name: a sum that is set as a header does not, nor does one word.
    fn may_name(&self) -> bool {
        let filled = || self.cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
        let is_year = |cell: &str| cell.len() == 4 && cell.starts_with(['1', '2']);
        let is_number = |cell: &str| !cell.contains(char::is_alphabetic) && !is_year(cell);
        self.is_header && !self.goes_on && filled().count() > 1 && !filled().any(is_number)
    }

    /// Whether it says one of these names in its place. A row of values may be set as a header as well, and the names of another table
    /// that shares none with this one cannot be told from it.
    fn says_a_name_of(&self, names: &[String]) -> bool {
        self.cells.iter().zip(names).any(|(cell, name)| !cell.trim().is_empty() && cell.trim() == name.trim())
    }

    /// Whether it leaves the first column without a name and has one for each other.
    fn names_all_but_first(&self) -> bool {
        let Some((first, others)) = self.cells.split_first() else { return false };
        let is_name =
            |cell: &String| !cell.trim().is_empty() && !cell.trim().starts_with(|c: char| c.is_ascii_digit());
        first.trim().is_empty() && others.len() > 1 && others.iter().all(is_name)
    }

    /// Whether each cell but the first is of one kind with the name in its place: 星期五 with 星期二.
    fn goes_on_with(&self, names: &[String]) -> bool {
        let is_alike = |(cell, name): (&String, &String)| {
            let (cell, name) = (cell.trim(), name.trim());
            let others = cell.chars().zip(name.chars()).filter(|(one, other)| one != other).count();
            cell.chars().count() == name.chars().count()
                && cell.chars().next() == name.chars().next()
                && others == 1
        };
        self.cells.len() > 2
            && self.cells.len() == names.len()
            && self.cells.iter().zip(names).skip(1).all(is_alike)
    }
}

/// After how many of the rows another table begins: at one that the document says names columns, one of them as above, all but the first, or
/// such as those above, and at the lines over all columns above it. Both have rows and such names, each another. Below a row that is marked by nothing the names may be the first.
fn next_table(rows: &[GridRow], width: usize) -> Option<usize> {
    let lines = rows.iter().take_while(|row| row.is_line(width)).count();
    let named = rows.iter().skip(lines).take(MAX_HEADERS).take_while(|row| row.is_header);
    let named: Vec<&[String]> = named.map(|row| row.cells.as_slice()).collect();
    if named.is_empty() {
        return None;
    }
    // The first of the lines that stand above the row, or the row itself.
    let mut first = lines + named.len();
    let mut has_values = false;
    for (at, row) in rows.iter().enumerate().skip(first) {
        if row.is_line(width) {
            continue;
        }
        let is_new = row.may_name()
            && !named.contains(&row.cells.as_slice())
            && (row.names_all_but_first()
                || named.iter().any(|names| row.says_a_name_of(names) || row.goes_on_with(names)));
        let below = rows.get(at + 1..).unwrap_or_default();
        if has_values && is_new && below.iter().any(|row| !row.is_header && !row.is_line(width)) {
            return Some(first);
        }
        has_values |= !row.is_header;
        first = at + 1;
    }
    None
}

/// How many rows name the columns where cells of the first are over several columns, and others over several rows.
fn spanned_headers(rows: &[GridRow]) -> usize {
    let Some((first, below)) = rows.split_first() else { return 0 };
    let going_on = below.iter().take_while(|row| row.goes_on).count();
    let is_header = first.is_wide && (1..MAX_HEADERS).contains(&going_on) && going_on < below.len();
    if is_header { going_on + 1 } else { 0 }
}

/// Whether the first row alone is set in bold, as a whole: it names the columns where each has a name, another than what stands below it,
/// and the last is called as columns are: the first row of a form, or the best of a list, may be bold as well.
fn is_set_apart(rows: &[GridRow], width: usize) -> bool {
    let Some((first, below)) = rows.split_first() else { return false };
    let is_name = |name: &str| {
        let is_year = name.len() == 4 && name.starts_with(['1', '2']);
        let is_word = name.contains(char::is_alphabetic) && !name.starts_with(|c: char| c.is_ascii_digit());
        (is_word || is_year)
            && name.chars().count() <= MAX_NAME
            && !name.contains(['：', ':', '。', '；', '，', '？', '?'])
    };
    let is_usual = |name: &str| {
        let name = name.split(['（', '(']).next().unwrap_or_default().trim();
        MEASURES.iter().chain(NAMES).any(|end| name.ends_with(end))
    };
    let is_value = |(column, name): (usize, &String)| {
        below.iter().any(|row| row.cells.len() > 1 && row.cells.get(column) == Some(name))
    };
    let may_name = |(column, name): (usize, &String)| is_name(name.trim()) || column == 0 && name.is_empty();
    let others =
        || below.iter().filter(|row| row.cells.iter().filter(|cell| !cell.trim().is_empty()).count() > 1);
    width > 1
        && first.cells.len() == width
        && !(first.has_light || first.is_wide || first.goes_on)
        && first.cells.iter().enumerate().all(may_name)
        && first.cells.last().is_some_and(|name| is_usual(name))
        && !first.cells.iter().enumerate().any(is_value)
        && others().next().is_some()
        && others().all(|row| row.has_light)
}

/// Puts the first rows, which name the columns, into one: `分数 最低` below a cell `分数` that is over several columns. How
/// many rows name them then.
pub(crate) fn one_header(rows: &mut Vec<Vec<String>>, headers: usize) -> usize {
    if headers == 0 || headers > rows.len() {
        return headers;
    }
    let mut names: Vec<String> = Vec::new();
    let mut last: Vec<String> = Vec::new();
    for row in rows.drain(..headers) {
        for (column, name) in row.into_iter().enumerate() {
            let name = one_line(&name);
            if column >= names.len() {
                names.push(name.clone());
                last.push(name);
            } else if !name.is_empty() && last[column] != name {
                if !names[column].is_empty() {
                    names[column].push(' ');
                }
                names[column].push_str(&name);
                last[column] = name;
            }
        }
    }
    rows.insert(0, names);
    1
}

/// A table that has been read.
#[derive(Debug)]
pub(crate) struct GridTable {
    /// What the document itself names anew is a table of its own.
    tables: Vec<NamedRows>,
    width: usize,
}

/// Rows with those that name their columns.
#[derive(Debug)]
struct NamedRows {
    /// How many of the rows are lines above all others.
    lines: usize,
    rows: Vec<Vec<String>>,
    /// How many of those below them name the columns.
    headers: usize,
    /// Whether each row has its own names beside its values, as the document says.
    are_pairs: bool,
}

impl NamedRows {
    fn new(mut rows: Vec<GridRow>, width: usize) -> Self {
        let lines = rows.iter().take_while(|row| row.is_line(width)).count();
        let below = rows.split_off(lines);
        // A line over all columns among those of the head begins the rows.
        let said = below.iter().take_while(|row| row.is_header && !row.is_line(width)).count();
        // Where all rows are said to be the header, nothing is said.
        let said = if said < below.len() && said <= MAX_HEADERS { said } else { 0 };
        let said = if said == 0 { usize::from(is_set_apart(&below, width)) } else { said };
        // Lines over all columns head parts of a form.
        let mut wide = below.iter().filter(|row| !row.is_line(width)).peekable();
        let are_pairs = wide.peek().is_some() && wide.all(|row| row.has_pairs);
        let headers = if are_pairs { 0 } else { said.max(spanned_headers(&below)) };
        let cells = |row: GridRow| row.cells;
        let mut rows: Vec<Vec<String>> = rows.into_iter().map(cells).collect();
        let mut below: Vec<Vec<String>> = below.into_iter().map(cells).collect();
        let headers = one_header(&mut below, headers);
        // Programs that set tables page by page say the header again on each.
        if width > 1 {
            let mut names = below.drain(..headers.max(1).min(below.len())).collect::<Vec<_>>();
            below.retain(|row| !names.contains(row));
            names.append(&mut below);
            below = names;
        }
        rows.append(&mut below);
        Self { lines, rows, headers, are_pairs }
    }

    /// Its rows as lines, their cells with the names of their columns.
    fn said(&self) -> Vec<String> {
        let (above, rows) = self.rows.split_at(self.lines.min(self.rows.len()));
        let mut lines: Vec<String> = above.iter().map(|row| joined(row)).collect();
        let names = match rows.first() {
            Some(first)
                if rows.len() > 1
                    && first.len() > 1
                    && first.iter().all(|name| !name.is_empty())
                    && !self.are_pairs
                    && (self.headers > 0 || !may_be_form(rows)) =>
            {
                first
            }
            _ => {
                lines.extend(rows.iter().map(|row| joined(row)));
                return lines;
            }
        };
        for row in &rows[1..] {
            let cells = row.iter().zip(names).filter(|(cell, _)| !cell.is_empty());
            let cells: Vec<String> =
                cells.map(|(cell, name)| format!("{}: {}", one_line(name), one_line(cell))).collect();
            let line = if row.len() == 1 { joined(row) } else { cells.join("; ") };
            lines.push(line);
        }
        lines
    }
}

/// Whether rows of two cells may each be a name with its value, the first one too, as they mostly are in a cell of another table. A measure
/// above nothing but numbers is a name of theirs: 学费 above 5500.
fn may_be_form(rows: &[Vec<String>]) -> bool {
    let Some((first, below)) = rows.split_first() else { return false };
    let [_, second] = first.as_slice() else { return false };
    let counts = |cell: &str| {
        // 四年, 三年半.
        let words = cell.trim_start_matches(|c: char| "一二三四五六七八九十两".contains(c));
        cell.contains(|c: char| c.is_ascii_digit()) || words.len() < cell.len() && words.starts_with('年')
    };
    let has_number = |row: &Vec<String>| row.get(1).is_some_and(|cell| counts(cell.trim()));
    let is_without = |row: &Vec<String>| row.get(1).is_some_and(|cell| NO_NUMBER.contains(&cell.trim()));
    let name = second.split(['（', '(']).next().unwrap_or_default().trim();
    let is_measure = MEASURES.iter().any(|end| name.ends_with(end));
    let are_numbers =
        below.iter().any(has_number) && below.iter().all(|row| has_number(row) || is_without(row));
    !is_measure || !are_numbers
}

impl GridTable {
    /// A table of one row or one column is text.
    pub(crate) fn put(self, output: &mut Output) -> Result<(), String> {
        self.put_below("", output)
    }

    /// The same with the lines of a caption above it.
    pub(crate) fn put_below(self, caption: &str, output: &mut Output) -> Result<(), String> {
        for NamedRows { lines, rows, headers, are_pairs } in self.tables {
            if self.width < 2 || rows.len() < lines + 2 {
                output.text(caption)?;
                for row in &rows {
                    output.text(&joined(row))?;
                }
                continue;
            }
            let headers = match headers {
                0 => are_pairs.then_some(0),
                _ => u32::try_from(lines + headers).ok(),
            };
            let captions = caption.lines().map(one_line).filter(|line| !line.is_empty());
            output.table_titled(captions.collect(), headers, rows)?;
        }
        Ok(())
    }

    /// The table as a part of the cell it stands in: each row a line, its cells with the names of their columns.
    pub(crate) fn within_cell(&self) -> String {
        self.tables.iter().flat_map(NamedRows::said).collect::<Vec<_>>().join("\n")
    }
}

/// The cells of a row in one line; of a cell alone its lines.
fn joined(row: &[String]) -> String {
    if let [cell] = row {
        let lines = cell.lines().map(str::trim).filter(|line| !line.is_empty());
        return lines.collect::<Vec<_>>().join("\n");
    }
    let cells: Vec<String> = row.iter().map(|cell| one_line(cell)).collect();
    cells.join(" | ").trim_end_matches([' ', '|']).to_owned()
}
