//! The parameters that routes name, each declared once: its name, what it asks for, its shape.

use super::balances::{BY, LEVELS};
use super::events::{MODES, RECEIPT};
use super::parameters::{Parameter, Shape, WHOLE_MAX};
use super::records::FORMS;

const fn parameter(name: &'static str, about: &'static str, shape: Shape) -> Parameter {
    Parameter { name, about, shape }
}

const SEQ: Shape = Shape::Whole(0, WHOLE_MAX);

/// A place in a file: no file system here takes one beyond.
const OFFSET: Shape = Shape::Whole(0, 1 << 40);

/// `jurisdiction`.
pub static JURISDICTION: Parameter =
    parameter("jurisdiction", "This jurisdiction and those below it.", Shape::Jurisdiction);
/// `level`.
pub static LEVEL: Parameter = parameter("level", "Rolled up to this level.", Shape::Word(LEVELS));
/// `by`.
pub static OF_BY: Parameter = parameter(
    "by",
    "What rows are divided by; fund and year when absent. Lots need a token.",
    Shape::Words(BY),
);
/// `at`.
pub static AT: Parameter =
    parameter("at", "What the ledger knew when this record was its last; needs a token.", SEQ);
/// `as_of`.
pub static AS_OF: Parameter =
    parameter("as_of", "What was true on this business day; needs a token.", Shape::Day);
/// `sha256`.
pub static SHA256: Parameter = parameter("sha256", "The SHA-256 of the file.", Shape::Sha256);
/// `path`.
pub static TILE_PATH: Parameter =
    parameter("path", "Level, index and width, as C2SP tlog-tiles writes them.", Shape::Text);
/// `seq`.
pub static NUMBER: Parameter = parameter("seq", "The record's number, from 0.", SEQ);
/// `size`, of a kept head.
pub static KEPT_SIZE: Parameter = parameter("size", "How many records the head covers.", SEQ);
/// `old`.
pub static OLD: Parameter = parameter("old", "The older size.", SEQ);
/// `new`.
pub static NEW: Parameter = parameter("new", "The newer size.", SEQ);
/// `mode`.
pub static MODE: Parameter =
    parameter("mode", "All or none (the default), or each by itself.", Shape::Word(MODES));
/// `dry_run`.
pub static DRY_RUN: Parameter =
    parameter("dry_run", "Decide, and record nothing; tells the movements.", Shape::Flag);
/// `receipt`.
pub static OF_RECEIPT: Parameter = parameter(
    "receipt",
    "Answer when a checkpoint covers the records, with a receipt of each.",
    Shape::Word(RECEIPT),
);

/// `type`.
pub static OF_TYPE: Parameter = parameter("type", "Only events of this type.", Shape::Text);
/// `jurisdiction`.
pub static IN_JURISDICTION: Parameter = parameter(
    "jurisdiction",
    "Only of this jurisdiction: the event's, or a place's that it moves.",
    Shape::Jurisdiction,
);
/// `lot`.
pub static OF_LOT: Parameter = parameter("lot", "A lot's id.", Shape::Text);
/// `project`.
pub static OF_PROJECT: Parameter = parameter("project", "A project's id.", Shape::Text);
/// `stage`.
pub static STAGE: Parameter =
    parameter("stage", "Only projects at this stage.", Shape::Word(STAGES));
/// `payee`.
pub static PAYEE: Parameter =
    parameter("payee", "An organization, or a person's reference.", Shape::Text);
/// `form`.
pub static FORM: Parameter = parameter("form", "`raw`: the stored line alone.", Shape::Word(FORMS));
/// `after`.
pub static AFTER_ID: Parameter = parameter(
    "after",
    "The id of the last event that you have; absent: from the first.",
    Shape::Text,
);
/// `on`.
pub static ON: Parameter = parameter(
    "on",
    "As of this business day; absent: the last that the records tell of.",
    Shape::Day,
);
/// `rule`.
pub static RULE: Parameter =
    parameter("rule", "Only this rule, by its key or its number.", Shape::Text);
/// `from`.
pub static FROM: Parameter = parameter("from", "The first business date.", Shape::Day);
/// `to`.
pub static TO: Parameter = parameter("to", "The last business date.", Shape::Day);
/// `custodian`.
pub static CUSTODIAN: Parameter =
    parameter("custodian", "Only what this organization owes.", Shape::Text);
/// `met`.
pub static MET: Parameter = parameter("met", "Those that were met as well.", Shape::Flag);
/// `open`.
pub static OPEN: Parameter = parameter("open", "Only those that are open still.", Shape::Flag);
/// `year`.
pub static YEAR: Parameter =
    parameter("year", "Only lots of this fiscal year.", Shape::Whole(2000, 2100));
/// `after`.
pub static AFTER_OFFSET: Parameter = parameter("after", "The `next` of the page before.", OFFSET);

/// The stages of projects.
const STAGES: &[&str] = &["admitted", "approved", "accepted", "closed", "cancelled"];
