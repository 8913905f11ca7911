//! `export tiles`: checkpoint and tiles under the paths of C2SP tlog-tiles, for any static server.
//!
//! The checkpoint is written last, so that whoever reads one finds every tile that it needs. Entry
//! bundles are the records themselves and come only on request.

use super::Failure;
use crate::chain::tile::{Kind, TILE_WIDTH, Tile, push_entry};
use crate::ledger::proving::Prover;
use std::ops::ControlFlow;
use std::path::Path;

/// Writes the tree of the newest checkpoint below a folder; full tiles that are there already stay.
pub fn export(prover: &Prover, folder: &Path, with_entries: bool) -> Result<u64, Failure> {
    let mut written = 0;
    prover.each_tile::<Failure>(&mut |tile, bytes| {
        let path = folder.join(tile.to_string());
        if !tile.is_full() || !is_there(&path, bytes) {
            write(&path, bytes)?;
            written += 1;
        }
        Ok(())
    })?;
    if with_entries {
        written += entries(prover, folder)?;
    }
    write(&folder.join("checkpoint"), prover.newest().note.as_bytes())?;
    Ok(written)
}

fn entries(prover: &Prover, folder: &Path) -> Result<u64, Failure> {
    let size = prover.newest().checkpoint.size;
    let mut written = 0;
    for first in (0..size).step_by(256) {
        let Some(tile) = Tile::in_tree(Kind::Entries, first / TILE_WIDTH, size) else { continue };
        let mut bundle = Vec::new();
        let range = first..first + u64::from(tile.width);
        prover.records().scan(range, &mut |_, record| {
            push_entry(record, &mut bundle);
            ControlFlow::Continue(())
        })?;
        let path = folder.join(tile.to_string());
        if !tile.is_full() || !is_there(&path, &bundle) {
            write(&path, &bundle)?;
            written += 1;
        }
    }
    Ok(written)
}

fn is_there(path: &Path, bytes: &[u8]) -> bool {
    std::fs::read(path).is_ok_and(|found| found == bytes)
}

/// Writes a file whole or not at all: a server may read the folder meanwhile.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::other(format!("{} cannot be written: {error}", path.display()))
    };
    let parent = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent).map_err(failed)?;
    let temporary = path.with_extension("new");
    std::fs::write(&temporary, bytes).map_err(failed)?;
    std::fs::rename(&temporary, path).map_err(failed)
}
