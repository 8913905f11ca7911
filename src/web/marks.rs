//! State marks: a shape, a word and a colour, never a colour alone (pages design, section 2).
//!
//! Green is the verdict 已见证 and nothing else; red is never a figure below zero.

use askama::Template;
use askama::filters::HtmlSafe;

/// A state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The verdict witnessed: a disc with a tick.
    Witnessed,
    /// The verdict included: a ring with a tick.
    Included,
    /// The verdict refuted, or refused: an octagon with a cross.
    Refuted,
    /// On time, published, accepted, recordable: a bare tick.
    Done,
    /// Not yet: a clock.
    Wait,
    /// Exception, idle, due soon: a diamond.
    Exception,
    /// Past its day: a triangle.
    Overdue,
    /// Not checked, not applicable: a dash.
    Unchecked,
    /// A word without a mark.
    Plain,
}

impl State {
    /// The class of its colours.
    pub fn class(self) -> &'static str {
        match self {
            State::Witnessed => "ok",
            State::Included | State::Exception => "exc",
            State::Refuted | State::Overdue => "bad",
            State::Done => "done",
            State::Wait | State::Unchecked => "wait",
            State::Plain => "plain",
        }
    }

    /// Its mark alone.
    pub fn mark(self) -> Mark {
        Mark { state: self }
    }

    /// A chip of it.
    pub fn chip(self, text: impl Into<String>) -> Chip {
        Chip { state: self, text: text.into() }
    }
}

/// The mark of a state, drawn.
#[derive(Clone, Debug, Template)]
#[template(path = "mark.html", config = "src/web/askama.toml")]
pub struct Mark {
    state: State,
}

impl HtmlSafe for Mark {}

/// A mark with its word.
#[derive(Clone, Debug, Template)]
#[template(path = "chip.html", config = "src/web/askama.toml")]
pub struct Chip {
    state: State,
    text: String,
}

impl HtmlSafe for Chip {}
