//! A field of a form as it is shown: its name, what people call it, what is wrong, how it is typed.
//!
//! It is drawn as it was typed; what it means for the body stands in `form.rs`.

use crate::web::lang::Lang;
use crate::web::marks::State;
use askama::Template;
use askama::filters::HtmlSafe;

/// A field as it is shown.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/field.html", config = "src/web/askama.toml")]
pub struct Field {
    /// Its path in the body, such as `data.lots.0.lot`.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// Must it be filled in?
    pub is_required: bool,
    /// What is wrong with it.
    pub wrong: Option<String>,
    /// How it is typed.
    pub input: Input,
    /// The language.
    pub lang: Lang,
}

impl HtmlSafe for Field {}

/// How a field is typed.
#[derive(Clone, Debug)]
pub enum Input {
    /// One line; the list whose words are proposed.
    Line { value: String, list: Option<&'static str> },
    /// Some lines.
    Long { value: String },
    /// Yuan.
    Money { value: String },
    /// A whole number.
    Count { value: String },
    /// A day.
    Day { value: String },
    /// One of a few words.
    Choice { options: Vec<Choice> },
    /// Any of a few words.
    Ticks { options: Vec<Choice> },
    /// Several words, one a line.
    Lines { value: String },
    /// The hash of a file, which the browser works out.
    Hash { value: String },
    /// A donor's look-up code, of which the body carries the hash.
    Secret { value: String },
    /// What the session or an answer has fixed.
    Fixed { value: String, shown: String },
    /// Fields that belong together.
    Group { fields: Vec<Field> },
    /// Such groups, any number of times.
    Rows { rows: Vec<Vec<Field>>, is_full: bool },
}

/// A word that may be chosen.
#[derive(Clone, Debug)]
pub struct Choice {
    /// As bodies carry it.
    pub code: String,
    /// As people read it.
    pub label: String,
    /// Is it chosen?
    pub is_chosen: bool,
}

impl Field {
    /// The id of its element.
    pub fn id(&self) -> String {
        format!("f-{}", self.name)
    }

    /// What every input of one line carries. A name is made of keys of schemas and numbers alone.
    fn attributes(&self) -> String {
        let id = self.id();
        let name = &self.name;
        match self.wrong {
            Some(_) => format!(
                " id=\"{id}\" name=\"{name}\" aria-invalid=\"true\" aria-describedby=\"{id}-error\" "
            ),
            None => format!(" id=\"{id}\" name=\"{name}\" "),
        }
    }

    /// Every field with something wrong, in order.
    pub fn faults(&self) -> Vec<(String, String, String)> {
        let own = self.wrong.iter();
        let mut all: Vec<_> =
            own.map(|wrong| (self.id(), self.label.clone(), wrong.clone())).collect();
        all.extend(self.parts().flat_map(Field::faults));
        all
    }

    /// Says what is wrong with the field of a name, where nothing is said yet.
    pub fn blame(&mut self, name: &str, wrong: &str) -> bool {
        if self.name == name && !matches!(self.input, Input::Fixed { .. }) {
            self.wrong.get_or_insert_with(|| wrong.to_owned());
            return true;
        }
        match &mut self.input {
            Input::Group { fields } => fields.iter_mut().any(|field| field.blame(name, wrong)),
            Input::Rows { rows, .. } => {
                rows.iter_mut().flatten().any(|field| field.blame(name, wrong))
            }
            _ => false,
        }
    }

    /// Does anything stand in it?
    pub fn is_filled(&self) -> bool {
        match &self.input {
            Input::Line { value, .. }
            | Input::Long { value }
            | Input::Lines { value }
            | Input::Money { value }
            | Input::Count { value }
            | Input::Day { value }
            | Input::Hash { value }
            | Input::Secret { value } => !value.is_empty(),
            Input::Choice { options } | Input::Ticks { options } => {
                options.iter().any(|one| one.is_chosen)
            }
            Input::Fixed { .. } => true,
            Input::Group { .. } | Input::Rows { .. } => self.parts().any(Field::is_filled),
        }
    }

    fn parts(&self) -> Box<dyn Iterator<Item = &Field> + '_> {
        match &self.input {
            Input::Group { fields } => Box::new(fields.iter()),
            Input::Rows { rows, .. } => Box::new(rows.iter().flatten()),
            _ => Box::new(std::iter::empty()),
        }
    }

    /// Says of every blank field below that a body needs that it is blank.
    pub fn miss(&mut self, lang: Lang) {
        match &mut self.input {
            Input::Group { fields } => {
                fields.iter_mut().filter(|one| one.is_required).for_each(|one| one.miss(lang));
            }
            Input::Rows { rows, .. } => {
                let needed = rows.iter_mut().flatten().filter(|one| one.is_required);
                needed.for_each(|one| one.miss(lang));
            }
            Input::Line { value, .. }
            | Input::Long { value }
            | Input::Money { value }
            | Input::Count { value }
            | Input::Day { value }
            | Input::Hash { value }
                if value.is_empty() =>
            {
                self.wrong.get_or_insert_with(|| lang.t("请填写", "Fill this in").to_owned());
            }
            Input::Choice { options } if options.iter().all(|one| !one.is_chosen) => {
                self.wrong.get_or_insert_with(|| lang.t("请选一项", "Choose one").to_owned());
            }
            _ => {}
        }
    }
}
