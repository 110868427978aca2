//! Which Django a project runs on: told, installed, locked, required, or else the newest supported.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::notice::{Notice, NoticeKind};
use super::reading::{Diagnostics, Folders};
use super::requirement::{Allowed, SUPPORTED, allowed, of_django};
use crate::django::version::DjangoVersion;
use crate::python::library::{Found, Library};
use crate::source::SourceFile;

/// Who told Django's version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VersionSource {
    /// The command line or the configuration.
    Given,
    /// Django's own source, or its installed metadata, at that path.
    Installed(String),
    /// A lock file or an exact requirement, at that path and line.
    Locked(String, u32),
    /// A requirement that allows several releases, at that path and line; the newest was taken.
    Required(String, u32),
    /// Nobody; the newest supported release was taken.
    Nobody,
}

/// Most `-r` files within each other.
const INCLUDES: usize = 16;

/// Where to look for Django's version.
pub(crate) struct VersionSearch<'a> {
    /// Modules, among them perhaps Django itself.
    pub library: &'a Library,
    /// Folders that may be read.
    pub folders: &'a Folders,
    /// Takes what went wrong.
    pub diagnostics: &'a Diagnostics,
    /// The project's folder and those above it within the tree, nearest first.
    pub places: &'a [PathBuf],
}

/// A version that some file tells.
struct Told {
    allowed: Allowed,
    path: String,
    line: u32,
}

impl VersionSearch<'_> {
    /// Django's version, who told it, and what is to be said of it.
    pub fn find(
        &self,
        given: Option<DjangoVersion>,
        notices: &mut Vec<Notice>,
    ) -> (DjangoVersion, VersionSource) {
        if let Some(version) = given {
            return (supported(version, None, notices), VersionSource::Given);
        }
        if let Some((version, path)) = self.installed() {
            return (supported(version, Some((&path, 1)), notices), VersionSource::Installed(path));
        }
        for place in self.places {
            if let Some(told) = self.told_in(place) {
                return settle(told, notices);
            }
        }
        let newest = SUPPORTED.first().copied().unwrap_or(DjangoVersion::V6_1);
        let message = format!("nothing tells Django's version; taken to be {newest}");
        notices.push(
            Notice::new(NoticeKind::DjangoVersion, message)
                .with_help("name it with --django, or pin it in a lock file or requirements.txt"),
        );
        (newest, VersionSource::Nobody)
    }

    /// Whether that version is older than `DEFAULT_AUTO_FIELD`, which came with 3.2: such releases are read
    /// as the oldest supported one, which would follow the setting.
    pub fn ignores_default_auto_field(&self, given: Option<DjangoVersion>) -> bool {
        let installed = || self.installed().map(|(version, _)| version);
        let told = || match self.places.iter().find_map(|place| self.told_in(place))?.allowed {
            Allowed::Exactly(version) => Some(version),
            Allowed::Newest(_) | Allowed::Nothing => None,
        };
        given.or_else(installed).or_else(told).is_some_and(|version| version < DjangoVersion::V3_2)
    }

    /// `VERSION` in `django/__init__.py`, or the name of its metadata's folder.
    fn installed(&self) -> Option<(DjangoVersion, String)> {
        if let Found::Package(init) = self.library.find("django")
            && let Some(file) = self.folders.read_text(&init, self.diagnostics)
            && let Some(version) = version_tuple(file.text())
        {
            return Some((version, file.display().to_owned()));
        }
        let installed = self.library.paths().iter().filter(|path| !path.project);
        installed.into_iter().find_map(|path| {
            let mut found: Vec<(DjangoVersion, PathBuf)> = path
                .folder
                .read_dir()
                .ok()?
                .flatten()
                .filter_map(|entry| {
                    let name = entry.file_name().to_string_lossy().to_lowercase();
                    let rest = name.strip_prefix("django-")?;
                    let rest = rest.strip_suffix(".dist-info").or_else(|| rest.strip_suffix(".egg-info"))?;
                    let digit = rest.starts_with(|c: char| c.is_ascii_digit());
                    Some((DjangoVersion::parse(rest).filter(|_| digit)?, entry.path()))
                })
                .collect();
            found.sort();
            found.pop().map(|(version, path)| (version, self.folders.display(&path)))
        })
    }

    /// What the files of one folder tell, the most certain first.
    fn told_in(&self, place: &Path) -> Option<Told> {
        let read = |name: &str| self.folders.read_text(&place.join(name), self.diagnostics);
        for name in ["uv.lock", "poetry.lock", "pdm.lock", "pylock.toml"] {
            if let Some(told) = read(name).and_then(|file| toml_lock(&file)) {
                return Some(told);
            }
        }
        if let Some(told) = read("Pipfile.lock").and_then(|file| pipfile_lock(&file)) {
            return Some(told);
        }
        let mut ranges = Vec::new();
        for path in requirement_files(place, self.folders) {
            match self.requirements(&path, &mut Vec::new()) {
                Some(told) if matches!(told.allowed, Allowed::Exactly(_)) => return Some(told),
                other => ranges.extend(other),
            }
        }
        for name in ["pyproject.toml", "Pipfile", "setup.cfg", "setup.py"] {
            ranges.extend(read(name).and_then(|file| declared(&file)));
        }
        let exact = ranges.iter().position(|told| matches!(told.allowed, Allowed::Exactly(_)));
        let index = exact.unwrap_or(0);
        (index < ranges.len()).then(|| ranges.swap_remove(index))
    }

    /// Django's line in a requirements file or one that it includes.
    fn requirements(&self, path: &Path, seen: &mut Vec<PathBuf>) -> Option<Told> {
        if seen.len() >= INCLUDES || seen.iter().any(|known| known == path) {
            return None;
        }
        seen.push(path.to_owned());
        let file = self.folders.read_text(path, self.diagnostics)?;
        for (line, number) in file.text().lines().zip(1..) {
            let line = line.trim();
            if let Some(specifiers) = of_django(line) {
                return Some(told(&file, number, specifiers));
            }
            let included = ["-r", "--requirement", "-c", "--constraint"]
                .iter()
                .find_map(|option| line.strip_prefix(option))
                .map(|rest| rest.trim_start_matches(['=', ' ', '\t']).trim());
            if let Some(included) = included.filter(|name| !name.is_empty() && !name.contains("://")) {
                let beside = path.parent().unwrap_or(Path::new("")).join(included);
                if let Some(told) = self.requirements(&beside, seen) {
                    return Some(told);
                }
            }
        }
        None
    }
}

fn told(file: &SourceFile, line: u32, specifiers: &str) -> Told {
    Told { allowed: allowed(specifiers), path: file.display().to_owned(), line }
}

fn settle(told: Told, notices: &mut Vec<Notice>) -> (DjangoVersion, VersionSource) {
    let Told { allowed, path, line } = told;
    match allowed {
        Allowed::Exactly(version) => {
            (supported(version, Some((&path, line)), notices), VersionSource::Locked(path, line))
        }
        Allowed::Newest(version) => {
            let message =
                format!("several releases of Django are allowed; taken to be the newest, {version}");
            let notice = Notice::new(NoticeKind::DjangoVersion, message);
            let path_shared: Arc<str> = path.as_str().into();
            notices.push(notice.in_file(path_shared).on_line(line).with_help("name it with --django"));
            (version, VersionSource::Required(path, line))
        }
        Allowed::Nothing => {
            let version = SUPPORTED.last().copied().unwrap_or(DjangoVersion::V3_2);
            let message = format!("no supported release of Django is allowed; read as {version}");
            notices
                .push(Notice::new(NoticeKind::DjangoVersion, message).in_file(path.as_str()).on_line(line));
            (version, VersionSource::Required(path, line))
        }
    }
}

/// The supported release nearest to a version.
fn supported(version: DjangoVersion, at: Option<(&str, u32)>, notices: &mut Vec<Notice>) -> DjangoVersion {
    if SUPPORTED.contains(&version) {
        return version;
    }
    let oldest = SUPPORTED.last().copied().unwrap_or(DjangoVersion::V3_2);
    let nearest = SUPPORTED.iter().copied().find(|known| *known < version).unwrap_or(oldest);
    let message = format!("Django {version} is not supported; read as {nearest}");
    let mut notice = Notice::new(NoticeKind::DjangoVersion, message);
    if let Some((path, line)) = at {
        notice = notice.in_file(path).on_line(line);
    }
    notices.push(notice);
    nearest
}

/// `VERSION = (5, 2, 3, "final", 0)`
fn version_tuple(text: &str) -> Option<DjangoVersion> {
    let line = text.lines().find(|line| line.starts_with("VERSION"))?;
    let (_, inner) = line.split_once('(')?;
    let mut numbers = inner.split(',').map(|part| part.trim().parse::<u8>().ok());
    Some(DjangoVersion(numbers.next()??, numbers.next()??))
}

/// `requirements*.txt` beside and in `requirements/`, those for production first.
fn requirement_files(place: &Path, folders: &Folders) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for (folder, all) in [(place.to_owned(), false), (place.join("requirements"), true)] {
        let entries = if folders.contain(&folder) { folder.read_dir().ok() } else { None };
        for entry in entries.into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().to_lowercase();
            let is_text = Path::new(&name).extension().is_some_and(|extension| extension == "txt");
            if is_text && (all || name.contains("requirements") || name.starts_with("constraints")) {
                files.push(entry.path());
            }
        }
    }
    let rank = |path: &Path| {
        let name = path.file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
        let order = ["requirements", "production", "prod", "base", "common"];
        order.iter().position(|known| *known == name).unwrap_or(order.len())
    };
    files.sort_by_key(|path| (rank(path), path.clone()));
    files
}

/// `[[package]] name = "django" version = "5.2.3"`; the newest where several are locked.
fn toml_lock(file: &SourceFile) -> Option<Told> {
    let mut name = "";
    let mut found: Option<(DjangoVersion, u32)> = None;
    for (line, number) in file.text().lines().zip(1..) {
        if line.starts_with('[') {
            name = "";
        } else if let Some(value) = assigned(line, "name") {
            name = value;
        } else if let Some(value) = assigned(line, "version")
            && name.eq_ignore_ascii_case("django")
            && let Some(version) = DjangoVersion::parse(value)
            && found.is_none_or(|(known, _)| known < version)
        {
            found = Some((version, number));
        }
    }
    let (version, line) = found?;
    Some(Told { allowed: Allowed::Exactly(version), path: file.display().to_owned(), line })
}

fn assigned<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let value = line.strip_prefix(key)?.trim_start().strip_prefix('=')?.trim();
    Some(value.trim_matches(['"', '\'']))
}

fn pipfile_lock(file: &SourceFile) -> Option<Told> {
    let lock: serde_json::Value = serde_json::from_str(file.text()).ok()?;
    let version = lock.get("default")?.get("django")?.get("version")?.as_str()?;
    let line = file.text().lines().position(|line| line.trim_start().starts_with("\"django\":"));
    let line = line.and_then(|line| u32::try_from(line + 1).ok()).unwrap_or(1);
    Some(told(file, line, version))
}

/// Django's requirement in `pyproject.toml`, `Pipfile`, `setup.cfg` or `setup.py`, by its line: a string
/// (`"Django>=4.2"`), a bare line (`Django>=4.2`) or a key (`django = "^5.0"`).
fn declared(file: &SourceFile) -> Option<Told> {
    for (line, number) in file.text().lines().zip(1..) {
        let trimmed = line.trim();
        if trimmed.starts_with('#') || !trimmed.to_ascii_lowercase().contains("django") {
            continue;
        }
        if let Some((key, value)) = trimmed.split_once('=')
            && key.trim().trim_matches('"').eq_ignore_ascii_case("django")
            && !value.starts_with('=')
        {
            let value = match value.split_once("version") {
                Some((_, version)) => version.trim_start().trim_start_matches('='),
                None => value,
            };
            let value = value.trim().trim_start_matches(['"', '\'', '{']);
            let end = value.find(['"', '\'', '}']).unwrap_or(value.len());
            return Some(told(file, number, value.get(..end).unwrap_or_default()));
        }
        for quote in ['"', '\''] {
            if let Some(specifiers) = trimmed.split(quote).skip(1).step_by(2).find_map(of_django) {
                return Some(told(file, number, specifiers));
            }
        }
        let last = trimmed.rsplit_once('=').map_or(trimmed, |(_, value)| value.trim());
        if let Some(specifiers) = of_django(trimmed).or_else(|| of_django(last)) {
            return Some(told(file, number, specifiers));
        }
    }
    None
}
