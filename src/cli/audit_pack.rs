//! `export audit-pack`: gathers what the newest checkpoint covers into one file for auditors.
//!
//! It reads and packs; it judges nothing, for the auditor's verifiers do that.

use super::Failure;
use crate::chain::{checkpoint::Checkpoint, note::Note};
use crate::interchange::export::audit_pack::{Contents, FOLDER, write_audit_pack};
use crate::ledger::reading;
use crate::projections::parties::Parties;
use crate::store::{Records, layout::Layout};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::Path;

/// Writes the pack.
pub(super) fn run(ledger: &Path, records: &dyn Records, output: &Path) -> Result<(), Failure> {
    let note = records.checkpoint().ok_or_else(|| {
        Failure::other("there is no signed checkpoint yet; post something, or stop the server")
    })?;
    let head = read_head(&note)?;
    let mut parties = Parties::default();
    reading::fold(records, 0..head.size, &mut parties)?;
    let mut record_bytes = 0;
    records.scan(0..head.size, &mut |_, record| {
        record_bytes += record.len() as u64 + 1;
        ControlFlow::Continue(())
    })?;
    let layout = Layout::new(ledger);
    let mut kept = kept_checkpoints(&layout.checkpoints(), head.size)?;
    // The head that outsiders signed goes with it: of two notes of one head, theirs says more.
    let witnessed = witnessed(&layout, head.size)?;
    let newest = witnessed.as_ref().filter(|(size, _)| *size == head.size);
    let note = newest.map_or(&*note, |(_, cosigned)| &**cosigned);
    if let Some((size, cosigned)) = &witnessed {
        kept.retain(|(other, _)| other != size);
        kept.push((*size, cosigned.clone()));
        kept.sort();
    }
    let contents = Contents {
        origin: &head.origin,
        checkpoint: note,
        size: head.size,
        root: &head.root.to_string(),
        kept: &kept,
        vkey: parties.log_keys.first().map_or("", String::as_str),
        policy: &parties.policy(),
        record_bytes,
    };
    let failed = |error: io::Error| {
        Failure::other(format!("{} cannot be written: {error}", output.display()))
    };
    let mut out = BufWriter::with_capacity(1 << 20, File::create(output).map_err(failed)?);
    let mut write_records = |out: &mut dyn Write| {
        let mut written = Ok(());
        let scanned = records.scan(0..head.size, &mut |_, record| {
            written = out.write_all(record).and_then(|()| out.write_all(b"\n"));
            if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        written.and_then(|()| scanned.map_err(io::Error::other))
    };
    write_audit_pack(&mut out, &contents, &mut write_records).map_err(failed)?;
    out.flush().map_err(failed)?;
    eprintln!(
        "{} records packed, up to the head {}; unpack and read {FOLDER}/README.txt.",
        head.size, head.root
    );
    Ok(())
}

fn read_head(note: &[u8]) -> Result<Checkpoint, Failure> {
    Note::parse(note)
        .and_then(|note| Checkpoint::parse(note.text))
        .map_err(|error| Failure::ledger(format!("the checkpoint cannot be read: {error}")))
}

/// The newest checkpoint that witnesses cosigned, and its size; none where none did, or not these
/// records.
fn witnessed(layout: &Layout, size: u64) -> Result<Option<(u64, Vec<u8>)>, Failure> {
    let path = layout.checkpoint_witnessed();
    let note = match std::fs::read(&path) {
        Ok(note) => note,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(Failure::ledger(format!("{} cannot be read: {error}", path.display())));
        }
    };
    let at = read_head(&note)?.size;
    Ok((at <= size).then_some((at, note)))
}

/// The checkpoints that were kept up to a size, by their size.
fn kept_checkpoints(folder: &Path, size: u64) -> Result<Vec<(u64, Vec<u8>)>, Failure> {
    let failed =
        |error: io::Error| Failure::ledger(format!("{} cannot be read: {error}", folder.display()));
    let mut kept = Vec::new();
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(kept),
        Err(error) => return Err(failed(error)),
    };
    for entry in entries {
        let entry = entry.map_err(failed)?;
        // A file of another name is one that is being written, or none of ours.
        let named = entry.file_name().to_str().and_then(|name| name.parse::<u64>().ok());
        if let Some(at) = named.filter(|at| *at <= size) {
            kept.push((at, std::fs::read(entry.path()).map_err(failed)?));
        }
    }
    kept.sort();
    Ok(kept)
}
