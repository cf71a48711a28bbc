//! Repositories to measure with: as many customers as one likes, in files of any size, the same bytes on
//! every machine. All of it is valid and without a warning, about 240 bytes a customer.
//!
//! A bench says `mod repository;`. What is written varies as it does among people: block and flow style,
//! quotes and none, one address or a list, comments, blank lines, cleared fields, notes of two lines, three
//! brands with a document each in every file.

mod customer;

use customer::Touch;
use omniform::desired::{Desired, Project, SourceFile, parse_customers, parse_project};
use omniform::model::{Selection, Timestamp};
use omniform::plan::{AllowEmpty, Inputs, Plan, plan};
use omniform::state::State;

/// The project file of every repository.
pub(crate) const PROJECT: &str = "\
version: 1
endpoint: sandbox
brands:
  shop: { id: 1 }
  travel: { id: 2, name: \"Acme Travel\" }
  outlet: { id: 3 }
policy: { purge_limit: 1000000 }
";

/// A file may have 16 MiB; what is left free takes the heads of the documents.
const FILE_BYTES_MAX: usize = 16 * 1024 * 1024 - 64 * 1024;

/// As many files in a folder as an editor still shows well.
const FILES_A_FOLDER: usize = 1_000;

/// Customers that are in no repository before the change have numbers from here.
const NEW_FROM: usize = 1_000_000;

/// A repository that is not written yet.
#[derive(Clone, Copy)]
pub(crate) struct Repository {
    /// At most a million.
    pub(crate) customers: usize,
    /// Customers in a file; fewer where the file would become too large.
    pub(crate) per_file: usize,
    /// Before or after the change.
    pub(crate) moment: Moment,
}

/// When one looks at a repository.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// As its state records it.
    Before,
    /// One customer in so many differs: of a hundred of those, 60 have another tier, 20 another name, 10
    /// an address more, and 10 are replaced by somebody new.
    After {
        /// 100 for 1 %, 1 for everybody.
        one_in: usize,
    },
}

/// A file by its path below the project's folder.
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) text: String,
}

impl From<File> for SourceFile {
    fn from(file: File) -> Self {
        Self { name: file.name.into(), bytes: file.text.into() }
    }
}

impl Repository {
    /// The customer files, one at a time, so that a large repository need not be held.
    pub(crate) fn files(self) -> impl Iterator<Item = File> {
        let mut next = 0;
        let mut number = 0;
        std::iter::from_fn(move || {
            let (text, end) = (next < self.customers).then(|| self.file(next))?;
            let folder = number / FILES_A_FOLDER;
            let name = format!("customers/{folder:03}/{number:06}.yaml");
            (next, number) = (end, number + 1);
            Some(File { name, text })
        })
    }

    /// The file that begins with this customer, and the first customer of the next one.
    fn file(self, from: usize) -> (String, usize) {
        let mut documents = [String::new(), String::new(), String::new()];
        let end = from.saturating_add(self.per_file.max(1)).min(self.customers);
        let mut next = from;
        let mut length = 0;
        while next < end && length < FILE_BYTES_MAX {
            let document = &mut documents[brand(next)];
            let before = document.len();
            self.customer(document, next);
            length += document.len() - before;
            next += 1;
        }
        let mut text = String::with_capacity(length + 1_000);
        for (document, head) in documents.iter().zip(HEADS).filter(|(it, _)| !it.is_empty()) {
            text += if text.is_empty() { SCHEMA } else { "---\n" };
            text += head;
            text += document;
        }
        (text, next)
    }

    fn customer(self, out: &mut String, number: usize) {
        let (number, touch) = match self.change(number) {
            None => (number, Touch::Nothing),
            Some(..6) => (number, Touch::Tier),
            Some(6 | 7) => (number, Touch::Lastname),
            Some(8) => (number, Touch::Channel),
            Some(_) => (number + NEW_FROM, Touch::Nothing),
        };
        customer::write(out, &id(number), number, touch);
    }

    /// Which of ten changes a customer sees, evenly over the brands.
    fn change(self, number: usize) -> Option<usize> {
        let Moment::After { one_in } = self.moment else { return None };
        let group = number / one_in;
        (number % one_in == (group * 7 + 37) % one_in).then_some((group + group / 10) % 10)
    }
}

/// Where the project's schema lies, as editors want it.
const SCHEMA: &str = "# yaml-language-server: $schema=../../schema/customers.schema.json\n";

/// What stands above the customers of each brand.
const HEADS: [&str; 3] = [
    "brand: shop\ndefaults: { fields: { region: EU } }\ncustomers:\n",
    "brand: travel\ndefaults:\n  fields:\n    language: en   # unless the entry says otherwise\n  no_sync: \
     false\ncustomers:\n",
    "brand: outlet\ncustomers:\n",
];

/// Half of the customers are of the shop; a million numbers later it is the same brand.
fn brand(number: usize) -> usize {
    [0, 1, 0, 2, 0, 1, 0, 1, 0, 0][number % 10]
}

/// The id of a customer as it is written.
fn id(number: usize) -> String {
    match brand(number) {
        0 => format!("C-{number}"),
        1 => format!("\"{number:07}\""),
        _ => format!("'K {number}'"),
    }
}

/// The project of every repository.
pub(crate) fn project() -> Project {
    let file = SourceFile { name: "omniform.yaml".into(), bytes: PROJECT.into() };
    parse_project(&file).0.expect("the project file is right")
}

/// What the files want.
pub(crate) fn desired(files: &[SourceFile], project: &Project) -> Desired {
    let (desired, found) = parse_customers(files, project);
    assert!(found.is_empty(), "the generator wrote something wrong: {:?}", found.iter().next());
    desired
}

/// The plan from a record, or from none, to what is wanted.
pub(crate) fn planned(desired: &Desired, state: Option<&State>, project: &Project) -> Plan {
    plan(&Inputs {
        desired,
        state,
        journal: None,
        state_file: "omniform.state.jsonl",
        doubts: &[],
        policy: &project.policy,
        allow_purge: None,
        selection: &Selection::default(),
        endpoint: &project.endpoint,
        allow_empty: AllowEmpty::No,
    })
    .expect("nothing forbids the plan")
}

/// A record of nobody.
pub(crate) fn unrecorded(project: &Project) -> State {
    let lineage = "00000000-0000-4000-8000-000000000000".to_owned();
    State::new(lineage, project.endpoint.clone())
}

/// Records what is wanted as applied; nobody of them may be recorded yet.
pub(crate) fn record(state: &mut State, desired: &Desired, project: &Project) {
    for step in planned(desired, None, project).steps {
        let effect = step.action.effect(Timestamp::from_second(0));
        state.absorb(&step.customer.key(), &effect).expect("effects of a plan contradict nothing");
    }
}
