//! What an editor shows for a repository of a user: problems, completions, descriptions.

use super::agreement::{Kind, disagreement, files, is_about_yaml};
use super::server::{Server, uri};
use crate::suites::root;
use crate::support::TestEnv;
use serde_json::json;
use std::{collections::BTreeSet, path::PathBuf};

/// The repository that `init` writes, with no other word about schemas than its modelines.
fn scaffold() -> TestEnv {
    let env = TestEnv::new();
    env.run(&["init"]).expect(0);
    env
}

#[test]
fn an_editor_finds_the_schemas_of_a_new_repository_and_no_problem() {
    let env = scaffold();
    let Some(mut server) = Server::start(&env.path(""), &json!({})) else { return };
    for path in ["omniform.yaml", "customers/shop.yaml"] {
        let found = server.open(&env.path(path), &env.read(path));
        assert!(found.is_empty(), "{path}: {found:?}");
    }
    // Without the schemas nothing would be wrong with these.
    let text = env.read("customers/shop.yaml").replace("firstname", "fistname");
    let found = server.open(&env.path("customers/other.yaml"), &text);
    assert!(found.iter().any(|message| message.contains("fistname")), "{found:?}");
    let text = env.read("omniform.yaml").replace("endpoint", "endpont");
    let found = server.open(&env.path("other.yaml"), &text);
    assert!(found.iter().any(|message| message.contains("endpont")), "{found:?}");
}

#[test]
fn an_editor_completes_keys_kinds_words_and_brands() {
    let env = scaffold();
    let Some(mut server) = Server::start(&env.path(""), &json!({})) else { return };
    // As the README says.
    let schema = env.run(&["schema", "customers"]).expect(0).stdout;
    env.write("schema/customers.schema.json", &schema);
    let head = "# yaml-language-server: $schema=../schema/customers.schema.json\n";
    let mut opened = 0;
    let mut offered = |below: &str, line: u32, column: u32| -> BTreeSet<String> {
        opened += 1;
        let path = env.path(&format!("customers/new-{opened}.yaml"));
        server.open(&path, &format!("{head}{below}"));
        server.complete(&path, line, column).into_iter().collect()
    };
    let has = |offered: &BTreeSet<String>, words: &[&str]| {
        let missing: Vec<_> = words.iter().filter(|word| !offered.contains(**word)).collect();
        assert!(missing.is_empty(), "{missing:?} are not among {offered:?}");
    };
    has(&offered("\n", 1, 0), &["brand", "customers", "defaults"]);
    has(&offered("brand: \ncustomers: {}\n", 1, 7), &["shop"]);
    let keys =
        ["firstname", "lastname", "fields", "channels", "no_sync", "ticket_id", "protect", "purge"];
    has(&offered("brand: shop\ncustomers:\n  C-1:\n    \n", 4, 4), &keys);
    let kinds = ["email", "telephone", "facebook", "twitter"];
    has(&offered("brand: shop\ncustomers:\n  C-1:\n    channels:\n      \n", 5, 6), &kinds);
    let path = env.path("other.yaml");
    let head = "# yaml-language-server: $schema=schema/project.schema.json\n";
    server.open(&path, &format!("{head}api:\n  body: \npolicy:\n  \n"));
    let words: BTreeSet<String> = server.complete(&path, 2, 8).into_iter().collect();
    has(&words, &["form", "multipart", "json"]);
    let keys: BTreeSet<String> = server.complete(&path, 4, 2).into_iter().collect();
    has(&keys, &["on_removal", "purge_limit", "change_limit"]);
}

#[test]
fn an_editor_describes_keys_and_kinds() {
    let env = scaffold();
    let Some(mut server) = Server::start(&env.path(""), &json!({})) else { return };
    let path = env.path("customers/shop.yaml");
    let text = env.read("customers/shop.yaml");
    server.open(&path, &text);
    for (key, said) in [
        ("brand:", "by its name in the project file"),
        ("firstname:", "The first name"),
        ("channels:", "only ever added"),
        ("email:", "without a display name"),
    ] {
        let (line, column) = position(&text, key);
        let shown = server.hover(&path, line, column + 1);
        assert!(shown.contains(said), "{key} shows {shown:?}");
    }
    let path = env.path("omniform.yaml");
    let text = env.read("omniform.yaml");
    server.open(&path, &text);
    let (line, column) = position(&text, "endpoint:");
    assert!(server.hover(&path, line, column + 1).contains("an Omnidesk inside the"));
}

/// Where a key first stands in a text, from 0.
fn position(text: &str, key: &str) -> (u32, u32) {
    let (line, text) = text
        .lines()
        .enumerate()
        .find(|(_, line)| line.trim_start().starts_with(key))
        .unwrap_or_else(|| panic!("{key} is not in {text}"));
    (u32::try_from(line).unwrap(), u32::try_from(text.find(key).unwrap()).unwrap())
}

#[test]
fn an_editor_agrees_with_validate_on_the_structure_of_every_file_of_the_tests() {
    let env = TestEnv::new();
    let schema = |name: &str| uri(&root().join(format!("schema/{name}.schema.json")));
    let schemas =
        json!({ schema("customers"): "customers-*.yaml", schema("project"): "project-*.yaml" });
    let Some(mut server) = Server::start(&env.path(""), &schemas) else { return };
    let texts: Vec<_> =
        files().into_iter().filter(|text| !text.findings().iter().any(is_about_yaml)).collect();
    assert!(texts.len() > 100, "only {} files", texts.len());
    let opened: Vec<(PathBuf, String)> = (1..)
        .zip(&texts)
        .map(|(number, text)| {
            let kind = if text.kind == Kind::Customers { "customers" } else { "project" };
            // Without the modeline, which points into the repository of the file.
            let plain = text.yaml.replace("yaml-language-server:", "yaml:");
            (env.path(&format!("{kind}-{number}.yaml")), plain)
        })
        .collect();
    let mut wrong = Vec::new();
    for (text, found) in texts.iter().zip(server.open_all(&opened)) {
        let there = disagreement(text, Some(found.is_empty())).filter(|_| !is_its_own(&text.yaml));
        wrong.extend(there.map(|there| format!("{there}: {found:?}")));
    }
    assert!(wrong.is_empty(), "{} disagreements:\n{}", wrong.len(), wrong.join("\n"));
}

/// What this server alone takes otherwise: an empty document behind the last `---` is one without
/// brand and customers, and a key in brackets without a value is none.
fn is_its_own(text: &str) -> bool {
    let last = text.rsplit("\n---\n").next().unwrap();
    let is_empty = last.lines().all(|line| line.is_empty() || line.starts_with('#'));
    let is_bare = |part: &str| {
        part.split_once('}')
            .is_some_and(|(inside, _)| inside.contains(':') && !inside.contains(": "))
    };
    is_empty || text.split('{').skip(1).any(is_bare)
}
