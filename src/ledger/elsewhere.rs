//! Heads of this ledger that others hold, and when they are asked for (design section 6).
//!
//! Before the first signature after an unclean stop, a restore or a move, whoever may hold a larger
//! head is asked. One that is ahead, or differs, stops the start: signing would make two histories
//! of one name. `index/clean` tells a clean stop: it names the head and the very folder, so a copy,
//! which has another one, is always asked about.

use super::Ledger;
use super::open::OpenError;
use super::upkeep::Behind;
use crate::base::Digest;
use crate::chain::Checkpoint;
use crate::store::Head;
use crate::store::layout::Layout;
use std::os::unix::fs::MetadataExt;

/// A head of this ledger that somebody else holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Who holds it.
    pub by: String,
    /// How many records.
    pub size: u64,
    /// The root, where it is told.
    pub root: Option<Digest>,
}

/// Those who may hold heads of this ledger: its witnesses, copies on other disks, mirrors.
pub trait Elsewhere: Send {
    /// Asks them all.
    fn heads(&self, ledger: &Newest<'_>) -> Asked;
}

/// What those elsewhere are told of this ledger.
#[derive(Clone, Copy, Debug)]
pub struct Newest<'n> {
    /// Its origin.
    pub origin: &'n str,
    /// Its verifier key.
    pub key: &'n str,
    /// Its newest signed head.
    pub note: Option<&'n str>,
}

/// What those elsewhere answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The heads that they hold.
    pub held: Vec<Held>,
    /// Who could not be asked, and why.
    pub silent: Vec<String>,
}

impl Ledger {
    /// Asks those elsewhere unless the last stop was a clean one in this very folder; tells who was
    /// silent.
    pub(super) fn ask_elsewhere(
        &self,
        layout: &Layout,
        elsewhere: &dyn Elsewhere,
    ) -> Result<Vec<String>, OpenError> {
        if stopped_clean(layout, &self.head()) {
            return Ok(Vec::new());
        }
        let note = self.reader.checkpoint();
        let note = note.as_deref().and_then(|note| std::str::from_utf8(note).ok());
        let (origin, key) = (self.origin(), self.vkey());
        let asked = elsewhere.heads(&Newest { origin: &origin, key: &key, note });
        for held in asked.held {
            let behind = |behind| OpenError::Behind { by: held.by.clone(), behind };
            let ours = self.head().size;
            match held.root {
                Some(root) => {
                    let head = Checkpoint { origin: origin.clone(), size: held.size, root };
                    self.agrees_with(&head).map_err(behind)?;
                }
                None if held.size > ours => {
                    return Err(behind(Behind::Ahead { ours, theirs: held.size }));
                }
                None => {}
            }
        }
        Ok(asked.silent)
    }
}

/// Was this head the last one when the ledger was closed in this very folder?
fn stopped_clean(layout: &Layout, head: &Head) -> bool {
    let told = std::fs::read_to_string(layout.clean()).ok();
    told.is_some() && told == mark(layout, head)
}

/// Marks a clean stop. Derived: where it cannot be written, others are asked at the next start.
pub(super) fn mark_clean(layout: &Layout, head: &Head) {
    if let Some(mark) = mark(layout, head) {
        std::fs::write(layout.clean(), mark).ok();
    }
}

/// What `index/clean` holds for a head in this folder.
fn mark(layout: &Layout, head: &Head) -> Option<String> {
    let folder = std::fs::metadata(layout.root()).ok()?;
    Some(format!("{} {} {}:{}\n", head.size, head.leaf, folder.dev(), folder.ino()))
}
