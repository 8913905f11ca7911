//! What a rule points at: where, since when, which records, and the figures that made it.

use super::rule::RuleKey;
use crate::base::{Code, Date};
use crate::domain::events::Severity;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// How many records a hit names at most: enough to look into it, few enough to print.
const SEQS_MAX: usize = 50;

/// Something to look into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// The rule.
    pub rule: RuleKey,
    /// The number that supervision's papers use.
    pub number: Option<Cow<'static, str>>,
    /// How grave it is.
    pub severity: Severity,
    /// Where it is.
    pub jurisdiction: Code,
    /// The business day that it counts from: of the event, or of the day on which it fell due.
    pub on: Date,
    /// The project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The lot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// The organization or person: a payee, a unit, a custodian.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// The sum in question, in fen; 0 where none is.
    pub amount_fen: i64,
    /// The figures that made it a hit, the limit among them: days, basis points, counts, fen.
    pub figures: Vec<Figure>,
    /// The records that show it, at most fifty.
    pub seqs: Vec<u64>,
    /// What else is to be said: the code of an exception, a month, a kind of paper.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

/// A figure of a hit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// What it counts, with its unit last.
    pub name: Cow<'static, str>,
    /// Its value.
    pub value: i64,
}

impl Hit {
    /// A hit of a rule at a jurisdiction, of a day.
    pub fn new(rule: RuleKey, jurisdiction: Code, on: Date) -> Hit {
        Hit {
            rule,
            number: rule.number().map(Cow::Borrowed),
            severity: rule.severity(),
            jurisdiction,
            on,
            project: None,
            lot: None,
            organization: None,
            amount_fen: 0,
            figures: Vec::new(),
            seqs: Vec::new(),
            about: None,
        }
    }

    /// In this project.
    pub fn project(mut self, project: &str) -> Hit {
        self.project = Some(project.to_owned());
        self
    }

    /// Of this lot.
    pub fn lot(mut self, lot: &str) -> Hit {
        self.lot = Some(lot.to_owned());
        self
    }

    /// About this organization or person.
    pub fn organization(mut self, organization: &str) -> Hit {
        self.organization = Some(organization.to_owned());
        self
    }

    /// About so much money.
    pub fn amount(mut self, fen: i64) -> Hit {
        self.amount_fen = fen;
        self
    }

    /// With this figure.
    pub fn figure(mut self, name: &'static str, value: impl Into<i64>) -> Hit {
        self.figures.push(Figure { name: Cow::Borrowed(name), value: value.into() });
        self
    }

    /// Shown by these records.
    pub fn seqs(mut self, seqs: impl IntoIterator<Item = u64>) -> Hit {
        self.seqs.extend(seqs);
        self.seqs.sort_unstable();
        self.seqs.dedup();
        self.seqs.truncate(SEQS_MAX);
        self
    }

    /// As grave as this.
    pub fn severity(mut self, severity: Severity) -> Hit {
        self.severity = severity;
        self
    }

    /// With this word.
    pub fn about(mut self, about: impl Into<String>) -> Hit {
        self.about = Some(about.into());
        self
    }

    /// The order of answers: by rule, day, place, subject.
    pub(super) fn order(&self) -> impl Ord + '_ {
        let subject = (&self.project, &self.lot, &self.organization);
        (self.rule, self.on, self.jurisdiction, subject, &self.seqs)
    }
}
