//! Putting a folder in its place: built beside it, then renamed, so that nobody ever finds half of one.

use super::Error;
use super::disk::{Disk, RealDisk};
use std::fs;
use std::path::{Path, PathBuf};

/// A folder that is being built beside the place where it will stand.
#[derive(Debug)]
pub struct Building {
    beside: PathBuf,
    place: PathBuf,
    placed: bool,
}

impl Building {
    /// Begins beside a place that does not exist or is an empty folder.
    ///
    /// # Errors
    /// `NotEmpty`; `Unavailable` when an earlier attempt cannot be cleared away.
    pub fn beside(place: &Path) -> Result<Building, Error> {
        let occupied = match fs::read_dir(place) {
            Ok(mut entries) => entries.next().is_some(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
            Err(source) => return Err(Error::unavailable("read", place, source)),
        };
        if occupied {
            return Err(Error::NotEmpty { folder: place.to_path_buf() });
        }
        let mut name = place.file_name().unwrap_or_default().to_owned();
        name.push(".building");
        let beside = place.with_file_name(name);
        match fs::remove_dir_all(&beside) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::unavailable("clear away", &beside, error))
            }
            _ => Ok(Building { beside, place: place.to_path_buf(), placed: false }),
        }
    }

    /// Where it is built.
    pub fn folder(&self) -> &Path {
        &self.beside
    }

    /// Renames it into its place; durable when this returns.
    ///
    /// # Errors
    /// `Unavailable`; nothing stands in the place then.
    pub fn put_in_place(mut self) -> Result<(), Error> {
        let failed = |source| Error::unavailable("put in place", &self.place, source);
        RealDisk.rename(&self.beside, &self.place).map_err(failed)?;
        if let Some(parent) = self.place.parent().filter(|path| !path.as_os_str().is_empty()) {
            RealDisk.sync_folder(parent).map_err(failed)?;
        }
        self.placed = true;
        Ok(())
    }
}

impl Drop for Building {
    fn drop(&mut self) {
        if !self.placed {
            // What was built is nobody's yet; what cannot be cleared away now is cleared next time.
            drop(fs::remove_dir_all(&self.beside));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_appears_whole_or_not_at_all() {
        let parent = tempfile::tempdir().unwrap();
        let place = parent.path().join("ledger");
        let building = Building::beside(&place).unwrap();
        fs::create_dir(building.folder()).unwrap();
        drop(building);
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
        let building = Building::beside(&place).unwrap();
        fs::create_dir(building.folder()).unwrap();
        fs::write(building.folder().join("x"), "x").unwrap();
        building.put_in_place().unwrap();
        assert!(place.join("x").exists());
        assert!(matches!(Building::beside(&place), Err(Error::NotEmpty { .. })));
    }
}
