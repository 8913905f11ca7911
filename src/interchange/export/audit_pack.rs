//! The audit pack: one file with all that an auditor needs to verify a ledger, and nothing else.
//!
//! The same ledger at the same head gives the same bytes, so that two auditors can compare one
//! SHA-256 instead of files: entries stand in a fixed order, with one time, one owner and one mode,
//! and the compressor is pinned (zlib-rs, whose choices do not depend on the processor). What a
//! pack holds is specified in `schemas/record.md` section 6.

pub mod contract;

use flate2::{Compression, GzBuilder, write::GzEncoder};
use std::io::{self, Write};
use tar::{EntryType, Header};

/// The folder that a pack unpacks into.
pub const FOLDER: &str = "audit-pack";

/// The time of every entry, 2017-01-01T00:00:00Z: when a pack was made is no part of it.
const TIME: u64 = 1_483_228_800;

/// A tar file is made of blocks of this size.
const BLOCK_BYTES: usize = 512;

/// What a pack is made of.
#[derive(Debug)]
pub struct Contents<'c> {
    /// The ledger's origin.
    pub origin: &'c str,
    /// The newest signed checkpoint.
    pub checkpoint: &'c [u8],
    /// How many records it covers: the pack ends with them.
    pub size: u64,
    /// Its root, in hex.
    pub root: &'c str,
    /// Kept checkpoints by their size, the smallest first.
    pub kept: &'c [(u64, Vec<u8>)],
    /// The verifier key that record 0 states.
    pub vkey: &'c str,
    /// The policy file, of the keys that the records state.
    pub policy: &'c str,
    /// How many bytes the covered records have, with an LF each.
    pub record_bytes: u64,
}

/// Writes the records of a pack, one line each.
pub type WriteRecords<'w> = &'w mut dyn FnMut(&mut dyn Write) -> io::Result<()>;

/// Writes a pack.
///
/// # Errors
/// The output cannot be written; or the records cannot be read, or are not of `record_bytes`.
pub fn write_audit_pack(
    out: &mut dyn Write,
    contents: &Contents<'_>,
    records: WriteRecords<'_>,
) -> io::Result<()> {
    // No time, no name, and the system left unknown: the header, too, is the same everywhere.
    let gzip = GzBuilder::new().mtime(0).operating_system(255);
    let mut pack = Pack { out: gzip.write(out, Compression::new(6)) };
    pack.file("README.txt", readme(contents).as_bytes())?;
    for (size, checkpoint) in contents.kept {
        pack.file(&format!("checkpoints/{size}"), checkpoint)?;
    }
    pack.file("log.vkey", format!("{}\n", contents.vkey).as_bytes())?;
    pack.file("policy.txt", contents.policy.as_bytes())?;
    pack.records(contents.record_bytes, records)?;
    pack.file("records.jsonl.checkpoint", contents.checkpoint)?;
    for (path, text) in contract::PAGES.iter().chain(contract::SCHEMAS).chain([&contract::VERIFIER])
    {
        pack.file(path, text.as_bytes())?;
    }
    // Two empty blocks end a tar file.
    pack.out.write_all(&[0; 2 * BLOCK_BYTES])?;
    pack.out.finish()?.flush()
}

struct Pack<'p> {
    out: GzEncoder<&'p mut dyn Write>,
}

impl Pack<'_> {
    fn header(&mut self, path: &str, bytes: u64) -> io::Result<()> {
        let mut header = Header::new_gnu();
        header.set_path(format!("{FOLDER}/{path}"))?;
        header.set_entry_type(EntryType::Regular);
        header.set_size(bytes);
        header.set_mode(0o644);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(TIME);
        header.set_cksum();
        self.out.write_all(header.as_bytes())
    }

    fn pad(&mut self, bytes: u64) -> io::Result<()> {
        let used = usize::try_from(bytes % BLOCK_BYTES as u64).expect("a rest is below 512");
        let missing = (BLOCK_BYTES - used) % BLOCK_BYTES;
        self.out.write_all(&[0; BLOCK_BYTES][..missing])
    }

    fn file(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.header(path, bytes.len() as u64)?;
        self.out.write_all(bytes)?;
        self.pad(bytes.len() as u64)
    }

    fn records(&mut self, bytes: u64, write: WriteRecords<'_>) -> io::Result<()> {
        self.header("records.jsonl", bytes)?;
        let mut counted = Counted { out: &mut self.out, bytes: 0 };
        write(&mut counted)?;
        if counted.bytes != bytes {
            let text = format!("{} bytes of records were read, not {bytes}", counted.bytes);
            return Err(io::Error::other(text));
        }
        self.pad(bytes)
    }
}

/// Counts what is written: a tar header states the size before the first byte.
struct Counted<W> {
    out: W,
    bytes: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn readme(contents: &Contents<'_>) -> String {
    include_str!("audit_pack/readme.txt")
        .replace("{origin}", contents.origin)
        .replace("{size}", &contents.size.to_string())
        .replace("{root}", contents.root)
        .replace("{vkey}", contents.vkey)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::GzDecoder;
    use std::io::Read;

    fn contents() -> Contents<'static> {
        Contents {
            origin: "a.example/log",
            checkpoint: b"checkpoint\n",
            size: 2,
            root: "00",
            kept: &[],
            vkey: "key",
            policy: "quorum none\n",
            record_bytes: 6,
        }
    }

    fn written(records: &[u8]) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        write_audit_pack(&mut bytes, &contents(), &mut |out| out.write_all(records))?;
        Ok(bytes)
    }

    #[test]
    fn a_pack_is_read_by_an_ordinary_tar_and_always_the_same() {
        let bytes = written(b"{}\n{}\n").unwrap();
        assert_eq!(bytes, written(b"{}\n{}\n").unwrap());
        assert_eq!(bytes[..10], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255], "no time, no name");
        let mut archive = tar::Archive::new(GzDecoder::new(&bytes[..]));
        let mut paths = Vec::new();
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let header = entry.header();
            assert_eq!((header.mtime().unwrap(), header.uid().unwrap()), (TIME, 0));
            let path = entry.path().unwrap().display().to_string();
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            match path.as_str() {
                "audit-pack/records.jsonl" => assert_eq!(text, "{}\n{}\n"),
                "audit-pack/README.txt" => assert!(!text.contains('{'), "{text}"),
                _ => assert!(!text.is_empty(), "{path} is empty"),
            }
            paths.push(path);
        }
        assert_eq!(paths.len(), 5 + contract::PAGES.len() + contract::SCHEMAS.len() + 1);
        let mut once = paths.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), paths.len());
    }

    #[test]
    fn records_that_are_not_as_long_as_said_make_no_pack() {
        assert!(written(b"{}\n").is_err());
        assert!(written(b"{}\n{}\n{}\n").is_err());
    }
}
