//! The only file access: reading what may be read, writing whole files or none.

use std::collections::HashMap;
use std::fs;
use std::io::Read;
use std::io::Write;
use std::path::Component;
use std::path::Path;
use std::path::PathBuf;

use crate::diagnostics::Code;
use crate::document::FileRefusal;
use crate::document::FileText;
use crate::document::Files;

/// A scenario file may have this many bytes.
const LARGEST: u64 = 16 * 1024 * 1024;

/// Reads files below the working directory, the folder of the first file, and folders the user names.
#[derive(Debug)]
pub struct Disk {
    /// Canonical folders that may be read from.
    roots: Vec<PathBuf>,
    /// The path as the user would write it, by canonical path.
    shown: HashMap<String, PathBuf>,
}

impl Disk {
    /// Reading for one scenario; `outside` are the folders of `--allow-outside`.
    ///
    /// # Errors
    /// A folder that is not there.
    pub fn new(outside: &[PathBuf]) -> Result<Disk, FileRefusal> {
        let mut roots = Vec::new();
        if let Ok(here) = fs::canonicalize(".") {
            roots.push(here);
        }
        for folder in outside {
            let found = fs::canonicalize(folder).map_err(|error| FileRefusal {
                code: Code::FileMissing,
                message: format!("`{}` cannot be opened: {}", folder.display(), reason(&error)),
                help: "--allow-outside names a folder that is there".to_owned(),
            })?;
            roots.push(found);
        }
        Ok(Disk { roots, shown: HashMap::new() })
    }
}

/// Why a system call failed, without its number.
#[must_use]
pub fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "it is not there".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => {
            let text = error.to_string();
            text.split(" (os error").next().unwrap_or(&text).to_lowercase()
        }
    }
}

impl Files for Disk {
    fn read(&mut self, from: Option<&str>, path: &str) -> Result<FileText, FileRefusal> {
        let refuse = |code: Code, message: String, help: &str| FileRefusal { code, message, help: help.to_owned() };
        let wanted = Path::new(path);
        let is_entry = from.is_none();
        if !is_entry {
            let is_relative = wanted.is_relative()
                && !path.starts_with('~')
                && !path.contains("://")
                && !path.contains('\\')
                && !wanted.components().any(|part| matches!(part, Component::Prefix(_) | Component::RootDir));
            if !is_relative {
                return Err(refuse(
                    Code::FileRefused,
                    format!("`{path}` is not a relative path"),
                    "write the path relative to the file that extends, with `/` between folders",
                ));
            }
            if wanted.extension().is_none_or(|extension| extension != "toml") {
                return Err(refuse(
                    Code::FileRefused,
                    format!("`{path}` is not a .toml file"),
                    "`extends` takes scenario files",
                ));
            }
        }
        let shown = match from.and_then(|key| self.shown.get(key)) {
            Some(parent) => tidy(&parent.parent().unwrap_or(Path::new("")).join(wanted)),
            None => wanted.to_path_buf(),
        };
        let name = shown.display().to_string();
        // Judged by its words before the disk is asked, so that a refusal says nothing of what is there.
        let parent = from.and_then(|key| Path::new(key).parent());
        let outside = || {
            refuse(
                Code::FileRefused,
                format!("`{path}` leads outside the scenario's folders"),
                "files are read below the working directory and the first file's folder; --allow-outside DIR adds one",
            )
        };
        if let Some(parent) = parent
            && !self.roots.iter().any(|root| tidy(&parent.join(wanted)).starts_with(root))
        {
            return Err(outside());
        }
        let canonical = fs::canonicalize(&shown).map_err(|error| {
            refuse(
                Code::FileMissing,
                format!("`{name}` cannot be read: {}", reason(&error)),
                "the path is relative to the file that names it",
            )
        })?;
        if is_entry {
            if let Some(folder) = canonical.parent() {
                self.roots.push(folder.to_path_buf());
            }
        } else if !self.roots.iter().any(|root| canonical.starts_with(root)) {
            return Err(outside());
        }
        // A regular file, before it is opened: a pipe would wait and a device would never end.
        let found = fs::metadata(&canonical).map_err(|error| {
            refuse(Code::FileMissing, format!("`{name}` cannot be read: {}", reason(&error)), "check its permissions")
        })?;
        if found.is_dir() {
            return Err(refuse(
                Code::FileRefused,
                format!("`{name}` is a folder"),
                "name a .toml file; `capsim run` also takes a folder of them",
            ));
        }
        if !found.is_file() {
            return Err(refuse(Code::FileRefused, format!("`{name}` is not a regular file"), "name a .toml file"));
        }
        if found.len() > LARGEST {
            return Err(refuse(
                Code::FileTooLarge,
                format!("`{name}` has more than 16 MiB"),
                "split it, or take generated parts out",
            ));
        }
        let mut bytes = Vec::new();
        let file = fs::File::open(&canonical).map_err(|error| {
            refuse(Code::FileMissing, format!("`{name}` cannot be read: {}", reason(&error)), "check its permissions")
        })?;
        file.take(LARGEST).read_to_end(&mut bytes).map_err(|error| {
            refuse(Code::FileMissing, format!("`{name}` cannot be read: {}", reason(&error)), "check the disk")
        })?;
        let key = canonical.display().to_string();
        self.shown.insert(key.clone(), shown);
        Ok(FileText { key, name, bytes })
    }
}

/// A path without `.` and with `..` taken back where it can be.
fn tidy(path: &Path) -> PathBuf {
    let mut parts: Vec<Component<'_>> = Vec::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(parts.last(), Some(Component::Normal(_))) => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts.iter().collect()
}

/// Writes a whole file or none: to a temporary file beside it, which then takes its name. A link keeps pointing
/// where it points; what is no file (a device, a pipe) keeps its place and gets the bytes.
///
/// # Errors
/// Whatever the disk says; the old file is then as it was.
pub fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        return fs::OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    let target = fs::canonicalize(path);
    let path = target.as_deref().unwrap_or(path);
    let folder = match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".capsim-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(path).map_or(0o644, |found| found.permissions().mode());
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    if let Ok(folder) = fs::File::open(folder) {
        // The name itself reaches the disk; a folder that cannot be synced is no loss of data.
        let _ = folder.sync_all();
    }
    Ok(())
}

/// Whether two names are one file.
pub fn is_same_file(path: &Path, other: &str) -> bool {
    match (fs::canonicalize(path), fs::canonicalize(other)) {
        (Ok(path), Ok(other)) => path == other,
        _ => false,
    }
}

/// The text of a saved result.
///
/// # Errors
/// A file that is not there, too large, or not text.
pub fn read_text(path: &str) -> Result<String, FileRefusal> {
    let refuse = |message: String| FileRefusal {
        code: Code::FileMissing,
        message,
        help: "name a file that is there".to_owned(),
    };
    let found = fs::metadata(path).map_err(|error| refuse(format!("`{path}` cannot be read: {}", reason(&error))))?;
    if !found.is_file() || found.len() > 16 * LARGEST {
        return Err(refuse(format!("`{path}` is not a saved result: not a file, or larger than 256 MiB")));
    }
    fs::read_to_string(path).map_err(|error| refuse(format!("`{path}` cannot be read: {}", reason(&error))))
}
