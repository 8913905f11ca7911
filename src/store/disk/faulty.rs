//! A disk that fails at a chosen call: without effect, or with the effect having landed.

use super::{Disk, RealDisk};
use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Mutex;

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Fault {
    /// An error, and nothing happened. A failed sync loses what was not synced before.
    Without,
    /// An error, though it happened. After a failed sync the bytes can still be read.
    With,
    /// Half of a write landed, then an error. For other calls the same as `Without`.
    Half,
    /// The disk is full; nothing happened.
    Full,
}

/// Fails at one call, counted from 0; every other call is the system's.
#[derive(Debug, Default)]
pub(in super::super) struct FaultyDisk {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    calls: Vec<&'static str>,
    plan: Option<(usize, Fault)>,
    synced: HashMap<u64, u64>,
}

impl FaultyDisk {
    /// Makes the call `after` calls from now fail.
    pub fn fail(&self, after: usize, fault: Fault) {
        let mut inner = self.inner.lock().unwrap();
        inner.plan = Some((inner.calls.len() + after, fault));
    }

    /// The names of all calls so far, in order.
    pub fn calls(&self) -> Vec<&'static str> {
        self.inner.lock().unwrap().calls.clone()
    }

    fn call(
        &self,
        name: &'static str,
        act: impl FnOnce() -> io::Result<()>,
        half: impl FnOnce(),
    ) -> io::Result<()> {
        let fault = {
            let mut inner = self.inner.lock().unwrap();
            let at = inner.calls.len();
            inner.calls.push(name);
            inner.plan.filter(|(when, _)| *when == at).map(|(_, fault)| fault)
        };
        match fault {
            None => return act(),
            Some(Fault::Without) if name == "sync" => half(),
            Some(Fault::Without) => {}
            Some(Fault::With) => drop(act()),
            Some(Fault::Half) => half(),
            Some(Fault::Full) => return Err(io::ErrorKind::StorageFull.into()),
        }
        Err(io::Error::other("injected"))
    }
}

impl Disk for FaultyDisk {
    fn create(&self, path: &Path, mode: u32) -> io::Result<File> {
        let mut created = None;
        self.call(
            "create",
            || {
                created = Some(RealDisk.create(path, mode)?);
                Ok(())
            },
            || {},
        )?;
        Ok(created.expect("a call without a fault creates the file"))
    }

    fn reserve(&self, file: &File, from: u64, bytes: u64) -> io::Result<()> {
        self.call("reserve", || RealDisk.reserve(file, from, bytes), || {})
    }

    fn write_at(&self, file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
        let half = || RealDisk.write_at(file, &bytes[..bytes.len() / 2], at).unwrap();
        self.call("write", || RealDisk.write_at(file, bytes, at), half)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        let found = file.metadata()?;
        let lose = || {
            let synced = self.inner.lock().unwrap().synced.get(&found.ino()).copied();
            file.set_len(synced.unwrap_or(0).min(found.len())).unwrap();
        };
        self.call("sync", || RealDisk.sync(file), lose)?;
        self.inner.lock().unwrap().synced.insert(found.ino(), found.len());
        Ok(())
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.call("sync_folder", || RealDisk.sync_folder(folder), || {})
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.call("rename", || RealDisk.rename(from, to), || {})
    }

    fn seal(&self, file: &File, length: u64) -> io::Result<()> {
        self.call("seal", || RealDisk.seal(file, length), || {})
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.call("remove", || RealDisk.remove(path), || {})
    }
}
