//! A folder that is built beside its place and renamed into it when it is whole.
//!
//! `init`, `restore`, `mirror` and `backup` build in one, so that a half-made ledger is never taken
//! for one, whatever stops them.

use super::Error;
use super::disk::{Disk, RealDisk};
use super::layout::sibling;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folder under way. Dropped before [`Building::finish`], it is removed.
#[derive(Debug)]
pub struct Building {
    path: PathBuf,
    place: PathBuf,
    finished: bool,
}

impl Building {
    /// Begins a folder whose place must not exist or be empty; what an interrupted building left
    /// beside it is removed. The folder itself is for the caller to make.
    ///
    /// # Errors
    /// `NotEmpty`; `Unavailable`.
    pub fn begin(place: &Path) -> Result<Building, Error> {
        if !entries(place)?.is_empty() {
            return Err(Error::NotEmpty { folder: place.to_path_buf() });
        }
        let path = sibling(place, "unfinished");
        match fs::remove_dir_all(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(Error::unavailable("remove", &path, source));
            }
            _ => {}
        }
        Ok(Building { path, place: place.to_path_buf(), finished: false })
    }

    /// Where to build.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Brings all names to the medium and puts the folder in its place. Whoever has a ledger in it
    /// open must have closed it, and opens it again there.
    ///
    /// # Errors
    /// `Unavailable`; then the place may be taken, and is whole if it is.
    pub fn finish(mut self) -> Result<(), Error> {
        sync_folders(&self.path)?;
        let failed = |source| Error::unavailable("write", &self.place, source);
        RealDisk.rename(&self.path, &self.place).map_err(failed)?;
        let parent = self.place.parent().filter(|path| !path.as_os_str().is_empty());
        RealDisk.sync_folder(parent.unwrap_or(Path::new("."))).map_err(failed)?;
        self.finished = true;
        Ok(())
    }
}

impl Drop for Building {
    fn drop(&mut self) {
        if !self.finished {
            // What stays behind bears another name and is removed by the next building.
            fs::remove_dir_all(&self.path).ok();
        }
    }
}

/// The entries of a folder that may not exist, in order.
pub(super) fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let failed = |source| Error::unavailable("list", folder, source);
    let found = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(failed)?,
    };
    let paths = found.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = paths.collect::<io::Result<Vec<_>>>().map_err(failed)?;
    paths.sort();
    Ok(paths)
}

/// Brings the names in a folder and all below it to the medium, the deepest first.
fn sync_folders(folder: &Path) -> Result<(), Error> {
    for path in entries(folder)?.iter().filter(|path| path.is_dir()) {
        sync_folders(path)?;
    }
    RealDisk.sync_folder(folder).map_err(|source| Error::unavailable("write", folder, source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_there_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("ledger");
        let building = Building::begin(&place).unwrap();
        fs::create_dir_all(building.path().join("records")).unwrap();
        let path = building.path().to_path_buf();
        drop(building);
        assert!(!place.exists() && !path.exists());

        fs::create_dir_all(path.join("left by a killed process")).unwrap();
        let building = Building::begin(&place).unwrap();
        assert!(!path.exists());
        fs::create_dir_all(building.path().join("records")).unwrap();
        building.finish().unwrap();
        assert!(place.join("records").exists() && !path.exists());
        assert!(matches!(Building::begin(&place), Err(Error::NotEmpty { .. })));
    }
}
