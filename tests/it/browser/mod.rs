//! The page of a plan in a real browser: headless Chromium, driven by `drive.mjs`. Pictures land in
//! `target/browser`. `.ci/browser` fetches what this needs; without it the tests say that they were skipped.

use crate::hostile::plan_with;
use crate::support::TestEnv;
use omniform::render::{View, plan_html};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, sync::Mutex};

/// Two browsers at once on a small machine would measure each other.
static ALONE: Mutex<()> = Mutex::new(());

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/browser");
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn found(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Whether axe-core looks for what keeps people out; on ten thousand entries it takes minutes.
#[derive(Clone, Copy, PartialEq)]
enum Checks {
    Axe,
    Sight,
}

/// Looks at a page; `None`, and a word about it, where there is no browser.
fn look(
    name: &str,
    page: &str,
    width: usize,
    scheme: &str,
    checks: Checks,
) -> Option<serde_json::Value> {
    for program in ["chromium", "node"] {
        if !found(program) {
            println!("skipped: {program} is not installed (`.ci/browser` fetches what is missing)");
            return None;
        }
    }
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let file = folder().join(format!("{name}.html"));
    fs::write(&file, page).unwrap();
    let mut axe = folder().join("axe.min.js");
    if checks == Checks::Sight || !axe.exists() {
        if checks == Checks::Axe {
            println!("skipped: axe-core is not there (`.ci/browser` fetches it)");
        }
        axe = PathBuf::from("-");
    }
    let picture = folder().join(format!("{name}-{width}-{scheme}.png"));
    let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/browser/drive.mjs");
    let output = Command::new("node")
        .arg(driver)
        .arg("chromium")
        .arg(&file)
        .arg(axe)
        .args([&width.to_string(), scheme])
        .arg(picture)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// No complaint of the browser or of axe, no request but for the page, nothing wider than the window.
#[track_caller]
fn sound(name: &str, page: &str, width: usize, scheme: &str) -> Option<serde_json::Value> {
    let seen = look(name, page, width, scheme, Checks::Axe)?;
    println!("{name} {width} {scheme}: {seen}");
    assert_eq!(seen["problems"], serde_json::json!([]), "{name}");
    let requests = seen["requests"].as_array().unwrap();
    let own = format!("/{name}.html");
    assert!(requests.len() == 1 && requests[0].as_str().unwrap().ends_with(&own), "{requests:?}");
    if !seen["violations"].is_null() {
        assert_eq!(seen["violations"], serde_json::json!([]), "{name} {width} {scheme}");
    }
    assert!(seen["scrollWidth"].as_u64().unwrap() <= width as u64, "{name}: {seen}");
    assert_eq!(seen["marked"], "960px", "the style sheet is not refused by the page's own policy");
    Some(seen)
}

/// The page of the example, with updates, notes and a purge in it.
fn example() -> (TestEnv, String) {
    let env = TestEnv::example("two-brands");
    let page = env.run(&["plan", "--format", "html"]).expect(0).stdout;
    (env, page)
}

#[test]
fn a_page_is_sound_wide_and_narrow_light_and_dark() {
    let (_, page) = example();
    let opened = page.replace("<details ", "<details open ");
    for (width, scheme) in [(1000, "light"), (1000, "dark"), (360, "light"), (360, "dark")] {
        for (name, page) in [("two-brands", &page), ("two-brands-open", &opened)] {
            if sound(name, page, width, scheme).is_none() {
                return;
            }
        }
    }
}

#[test]
fn a_page_of_hostile_texts_is_sound() {
    let own: Vec<String> = serde_json::from_str(include_str!("../hostile/strings.json")).unwrap();
    let mut all = plan_with("<img src=x onerror=alert(1)>");
    let steps = own.iter().flat_map(|text| plan_with(text).steps);
    all.steps = steps.collect();
    (1..).zip(&mut all.steps).for_each(|(id, step)| step.id = id);
    let page = plan_html(&all, &View::default()).replace("<details ", "<details open ");
    for (width, scheme) in [(1000, "light"), (360, "dark")] {
        sound("hostile", &page, width, scheme);
    }
}

#[test]
fn a_page_of_ten_thousand_steps_opens_and_scrolls() {
    let env = TestEnv::new();
    env.write("omniform.yaml", "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\n");
    let mut text = String::from("brand: shop\ncustomers:\n");
    for n in 0..10_000 {
        writeln!(
            text,
            "  C-{n:05}: {{ firstname: Ada, lastname: Lovelace, fields: {{ tier: t{n} }} }}"
        )
        .unwrap();
    }
    env.write("customers/shop.yaml", &text);
    let page = env.run(&["plan", "--format", "html"]).expect(0).stdout;
    assert_eq!(page.matches("<details id=").count(), 10_000);
    let Some(seen) = look("ten-thousand", &page, 1000, "light", Checks::Sight) else { return };
    println!("10,000 steps, {} bytes: {seen}", page.len());
    assert_eq!(seen["problems"], serde_json::json!([]));
    // Bounds against a hang, far above what was measured.
    assert!(seen["loadMs"].as_u64().unwrap() < 20_000, "{seen}");
    assert!(seen["frameMs"].as_u64().unwrap() < 5_000, "{seen}");
}

/// The comment as a forge shows it, for a person to look at.
#[test]
fn a_comment_rendered_by_a_forge_needs_no_sideways_scrolling() {
    let (env, _) = example();
    let comment = env.run(&["plan", "--format", "markdown"]).expect(0).stdout;
    let mut body = String::new();
    let options = pulldown_cmark::Options::ENABLE_TABLES;
    pulldown_cmark::html::push_html(&mut body, pulldown_cmark::Parser::new_ext(&comment, options));
    let body = body.replace("<details>", "<details open>");
    let page = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>x</title><style>body {{ margin: 0 }} \
         main {{ max-width: 960px; padding: 1rem; font: 14px/1.5 sans-serif }} code {{ background: #eee; \
         padding: .1em .3em; font-size: 85% }} table {{ border-collapse: collapse }} td, th {{ border: \
         1px solid #ccc; padding: .3em .8em }}</style><main>{body}</main>"
    );
    if let Some(seen) = look("comment", &page, 1000, "light", Checks::Sight) {
        assert_eq!(seen["requests"].as_array().unwrap().len(), 1, "{seen}");
        assert!(seen["scrollWidth"].as_u64().unwrap() <= 1000, "{seen}");
    }
}
