//! The user's repository as every command sees it: project file, customer files, places of the state.
//! *Touches: disk,* through `desired::files`.

use super::context::Context;
use super::exit::{Exit, Failure};
use super::output;
use super::record;
use crate::desired::{self, Brands, Desired, Project, SourceFile, files};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Endpoint, Place};
use crate::render;
use crate::store::{self, Opened, Paths, StoreError};
use std::path::{Path, PathBuf};

/// A project that was found and read.
pub(super) struct Workspace {
    /// The folder of the project file.
    pub(super) root: PathBuf,
    /// The project file.
    pub(super) file: PathBuf,
    /// The checked project file, with flags and environment applied.
    pub(super) project: Project,
    /// Where state, journal and lock are.
    pub(super) paths: Paths,
}

/// What a look at the record gave.
pub(super) type Seen = Result<Option<Opened>, StoreError>;

/// What reading a project gave, before anything stops because of it; and what was done beside it.
pub(super) struct Checked<T = ()> {
    pub(super) root: PathBuf,
    pub(super) file: PathBuf,
    /// `None` if the project file itself is unusable.
    pub(super) parts: Option<(Project, Desired, T)>,
    pub(super) diagnostics: Diagnostics,
    /// The files that could be read, the project file first.
    pub(super) sources: Vec<SourceFile>,
}

/// Reads the project file and all customer files, and collects every problem of them.
pub(super) fn check(context: &Context) -> Result<Checked, Failure> {
    check_beside(context, |_, _| ())
}

/// Reads the project file and all customer files, and does something else at the same time, once the
/// project file is known.
fn check_beside<T: Send>(
    context: &Context,
    beside: impl FnOnce(&Path, &Project) -> T + Send,
) -> Result<Checked<T>, Failure> {
    let Read { file, source, project, mut diagnostics } = read_project(context)?;
    let root = folder_of(&file);
    let mut sources = vec![source];
    let Some(project) = project else {
        let guess = desired::guess_project(&sources[0]);
        check_customers(&file, &guess, &mut diagnostics, &mut sources)?;
        return Ok(Checked { root, file, parts: None, diagnostics: diagnostics.sorted(), sources });
    };
    let read = || -> Result<_, files::FilesError> {
        let (customers, mut found) = files::read_customers(&file, &project.customers)?;
        let (desired, of_texts) = desired::parse_customers(&customers, &project);
        found.append(of_texts);
        Ok((customers, desired, found))
    };
    let (read, beside) = rayon::join(read, || beside(&file, &project));
    let (customers, desired, found) = read.map_err(failed)?;
    diagnostics.append(found);
    tracing::info!(
        files = customers.len(),
        customers = desired.customers.len(),
        "the customer files are read"
    );
    sources.extend(customers);
    let parts = Some((project, desired, beside));
    Ok(Checked { root, file, parts, diagnostics: diagnostics.sorted(), sources })
}

/// Checks the customer files of a project file that is unusable: it hides none of their problems.
/// Which files there should be, it does not say for certain.
fn check_customers(
    file: &Path,
    guess: &Project,
    diagnostics: &mut Diagnostics,
    sources: &mut Vec<SourceFile>,
) -> Result<(), Failure> {
    let (customers, found) = files::read_customers(file, &guess.customers).map_err(failed)?;
    for finding in &found {
        if !matches!(finding.code, Code::D001 | Code::D006) {
            diagnostics.push(finding.clone());
        }
    }
    diagnostics.append(desired::parse_customers(&customers, guess).1);
    sources.extend(customers);
    Ok(())
}

impl Workspace {
    /// Reads the project file alone, for commands that need no customer files.
    pub(super) fn open(context: &Context) -> Result<Self, Failure> {
        let Read { file, project, diagnostics, .. } = read_project(context)?;
        tell_problems(context, &diagnostics)?;
        match project {
            Some(project) => Self::at(context, file, project),
            None => Err(Failure::told(Exit::Failed)),
        }
    }

    /// Reads the project file alone, and says nothing where there is none or it is unusable.
    pub(super) fn open_silently(context: &Context) -> Option<Self> {
        let Read { file, project, .. } = read_project(context).ok()?;
        Self::at(context, file, project?).ok()
    }

    /// Reads the project file and all customer files; any error in them stops here.
    pub(super) fn load(context: &Context) -> Result<(Self, Desired), Failure> {
        let (file, project, desired, ()) = check(context)?.parts(context)?;
        Ok((Self::at(context, file, project)?, desired))
    }

    /// As [`Self::load`], and looks at the record at the same time. What is wrong with that is said where
    /// it is asked for.
    pub(super) fn load_with_record(context: &Context) -> Result<(Self, Desired, Seen), Failure> {
        let checked = check_beside(context, |file, project| -> Result<_, StoreError> {
            let paths = resolve(context, file, project)?;
            let seen = store::snapshot(&paths, &project.endpoint);
            Ok((paths, seen))
        })?;
        let (file, project, desired, looked) = checked.parts(context)?;
        let (paths, seen) = match looked {
            Ok((paths, seen)) => (Ok(paths), seen),
            Err(error) => (Err(error), Ok(None)),
        };
        Ok((Self::with(context, file, project, paths)?, desired, seen))
    }

    fn at(context: &Context, file: PathBuf, project: Project) -> Result<Self, Failure> {
        let paths = resolve(context, &file, &project);
        Self::with(context, file, project, paths)
    }

    fn with(
        context: &Context,
        file: PathBuf,
        project: Project,
        paths: Result<Paths, StoreError>,
    ) -> Result<Self, Failure> {
        let given = state_path(context, &file, &project).1;
        let paths = paths.map_err(|error| given.named(record::failure(error)))?;
        Ok(Self { root: folder_of(&file), file, project, paths })
    }

    /// The state's name in messages: as the user would write it.
    pub(super) fn state_name(&self) -> String {
        let state = self.paths.state();
        state.strip_prefix(&self.root).unwrap_or(state).display().to_string()
    }
}

impl<T> Checked<T> {
    /// What a command works with; tells problems, and any error stops here.
    fn parts(self, context: &Context) -> Result<(PathBuf, Project, Desired, T), Failure> {
        tell_problems(context, &self.diagnostics)?;
        let (project, desired, beside) = self.parts.ok_or(Failure::told(Exit::Failed))?;
        Ok((self.file, project, desired, beside))
    }
}

/// The files of the record.
fn resolve(context: &Context, file: &Path, project: &Project) -> Result<Paths, StoreError> {
    Paths::resolve(&state_path(context, file, project).0)
}

/// Where the state is, and what said so if it was not the project file.
fn state_path<'c>(context: &'c Context, file: &Path, project: &Project) -> (PathBuf, Given<'c>) {
    let given = Given::new(
        context.flags.state.as_ref(),
        context.environment.state.as_ref(),
        "OMNIFORM_STATE",
    );
    let state = match given.path {
        Some(path) => context.path(path),
        None => folder_of(file).join(&project.state),
    };
    (state, given)
}

/// The brands of the project around, for a command that can do without. No project is no news; one
/// that cannot be used is told, and so is one that was named and is not there.
pub(super) fn brands(context: &Context) -> Result<Option<Brands>, Failure> {
    let (file, given) = match find_project(context) {
        Err(files::FilesError::NoProject { .. }) => return Ok(None),
        found => found.map_err(failed)?,
    };
    let source = files::read_project(&file).map_err(|error| given.named(failed(error)))?;
    let (project, diagnostics) = desired::parse_project(&source);
    if project.is_none() {
        output::tell(&problems_text(context, &diagnostics));
        output::tell(
            "warning: the project file cannot be used, so any name of a brand fits the schema\n\
             hint: correct the file, then print the schema again",
        );
    }
    Ok(project.map(|project| project.brands))
}

/// Prints problems on stderr; errors among them stop the command.
pub(super) fn tell_problems(context: &Context, diagnostics: &Diagnostics) -> Result<(), Failure> {
    if diagnostics.has_errors() {
        output::tell(&problems_text(context, diagnostics));
        return Err(Failure::told(Exit::Failed));
    }
    if !diagnostics.is_empty() {
        context.say(&problems_text(context, diagnostics));
    }
    Ok(())
}

/// Problems as stderr shows them.
pub(super) fn problems_text(context: &Context, diagnostics: &Diagnostics) -> String {
    render::diagnostics_text(diagnostics, render::Extent::First, &context.view_of_stderr())
}

/// A project file that was found and read.
struct Read {
    file: PathBuf,
    source: SourceFile,
    /// `None` if the file is unusable.
    project: Option<Project>,
    diagnostics: Diagnostics,
}

fn read_project(context: &Context) -> Result<Read, Failure> {
    let (file, given) = find_project(context).map_err(failed)?;
    let source = files::read_project(&file).map_err(|error| given.named(failed(error)))?;
    tracing::info!(path = %file.display(), "the project file is read");
    let (mut project, mut diagnostics) = desired::parse_project(&source);
    if let Some(project) = &mut project {
        with_endpoint(context, project, &mut diagnostics);
    }
    Ok(Read { file, source, project, diagnostics })
}

fn find_project(context: &Context) -> Result<(PathBuf, Given<'_>), files::FilesError> {
    let given = Given::new(
        context.flags.config.as_ref(),
        context.environment.config.as_ref(),
        "OMNIFORM_CONFIG",
    );
    let explicit = given.path.map(|path| context.path(path));
    let file = files::find_project(explicit.as_deref(), context.folder())?;
    Ok((file, given))
}

fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

fn failed(error: files::FilesError) -> Failure {
    let hint = error.hint();
    Failure::new(Exit::Failed, error).hint_if(hint)
}

/// A path that a flag or a variable names; the flag wins.
struct Given<'a> {
    path: Option<&'a PathBuf>,
    /// The variable that it came from.
    variable: Option<&'static str>,
}

impl<'a> Given<'a> {
    fn new(flag: Option<&'a PathBuf>, value: Option<&'a PathBuf>, name: &'static str) -> Self {
        let variable = (flag.is_none() && value.is_some()).then_some(name);
        Self { path: flag.or(value), variable }
    }

    /// Says which variable named the path.
    fn named(&self, failure: Failure) -> Failure {
        match self.variable {
            Some(name) => failure.in_context(format!("{name} cannot be used")),
            None => failure,
        }
    }
}

/// Lets `OMNIFORM_ENDPOINT` stand for the project file's endpoint; a bad one is a finding about the
/// variable, and hides none about the files.
fn with_endpoint(context: &Context, project: &mut Project, diagnostics: &mut Diagnostics) {
    const NAME: &str = "OMNIFORM_ENDPOINT";
    let Some(text) = &context.environment.endpoint else { return };
    match Endpoint::parse(&text.to_string_lossy()) {
        Ok(endpoint) => project.endpoint = endpoint,
        Err(problem) => {
            let place = Place { file: NAME.into(), line: 1, column: 1 };
            let hint = "unset the variable, or give it the account's address without a path";
            let finding = Diagnostic::new(Code::D205, place, format!("{NAME}: {problem}"));
            diagnostics.push(finding.hint(hint));
        }
    }
}
