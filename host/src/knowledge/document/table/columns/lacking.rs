//! Rows of one cell that lack all their values: what they say is of the kind of the rows with values, and so heads none of them.

use csv::StringRecord;

use super::part::{is_holder, is_of_things};
use crate::knowledge::document::table::cell::{self, CellKind, kind};
use crate::knowledge::document::table::row::{cells, is_alone, says};

/// Names of columns whose rows are people.
const PEOPLE: &[&str] =
    &["姓名", "名字", "人员", "员工", "职工", "成员", "教师", "老师", "导师", "学生", "联系人", "负责人"];
/// What parts of an organisation end with, and names of people hardly ever: 财务处 above 王小二.
const UNITS: &[char] =
    &['处', '科', '部', '室', '院', '系', '所', '组', '班', '队', '局', '厅', '会', '社', '团', '办', '区'];

/// What the rows of a table are, as far as the first of its columns says so.
pub(super) struct RowKind {
    are_people: bool,
    /// What most of their names look like, each of which has a number: A01.
    shape: Option<String>,
    /// Whether their column is called 名称 or the like, and they are the whole table.
    are_all_things: bool,
}

impl RowKind {
    /// `rows` are the table's first, below these names; `are_all`: whether no others come.
    pub(super) fn new(names: &[String], rows: &[StringRecord], are_all: bool) -> Self {
        let column = names.iter().position(|name| !name.is_empty()).unwrap_or(0);
        let wide = rows.iter().filter(|row| !is_alone(row)).filter_map(|row| row.get(column));
        let texts: Vec<&str> = wide.map(str::trim).filter(|cell| kind(cell) == CellKind::Text).collect();
        let are_mostly = |is: &dyn Fn(&str) -> bool| {
            let count = texts.iter().filter(|text| is(text)).count();
            texts.len() > 1 && count * 10 >= texts.len() * 8
        };
        let name = names.get(column).map_or("", String::as_str);
        let shape = texts.first().map(|text| cell::counted(text)).filter(|shape| shape.contains('9'));
        Self {
            are_people: PEOPLE.contains(&name) || are_mostly(&is_person),
            are_all_things: are_all && is_of_things(name) && !texts.is_empty(),
            shape: shape.filter(|shape| are_mostly(&|text| cell::counted(text) == *shape)),
        }
    }

    /// Whether a cell is one more of their names, and not that of a part like the one `above`.
    pub(super) fn holds(&self, name: &str, above: Option<&str>) -> bool {
        self.counts(name) || self.are_people && is_person(name) && above.is_some_and(is_unit)
    }

    /// Whether all of `rows` that have one cell and may name a part are more of theirs: of their kind, or one alone among things. What holds
    /// all of a table's rows stands above its header.
    pub(super) fn begins(&self, rows: &[StringRecord]) -> bool {
        let alone = rows.iter().filter(|row| is_alone(row)).filter_map(|row| cells(row).next());
        let may_head = |text: &&str| !says(text) && !cell::is_note(text) && !cell::is_remark(text);
        let names: Vec<&str> = alone.filter(may_head).collect();
        names.iter().all(|name| self.counts(name) || self.are_people && is_person(name))
            || self.are_all_things && matches!(names.as_slice(), [name] if !is_called_a_group(name))
    }

    /// Whether a name counts as theirs do.
    fn counts(&self, name: &str) -> bool {
        self.shape.as_ref().is_some_and(|shape| cell::counted(name) == *shape)
    }
}

fn is_person(name: &str) -> bool {
    cell::is_person(name) && !is_unit(name)
}

/// Whether a name says itself that it is a group's: 一、水果, 文学院, 主食类.
fn is_called_a_group(name: &str) -> bool {
    cell::is_group(name) || is_unit(name) || is_holder(name)
}

fn is_unit(name: &str) -> bool {
    name.trim().ends_with(UNITS)
}

#[cfg(test)]
mod tests;
