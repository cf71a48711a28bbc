//! Folders on a real disk: links, devices, sizes, strays.
#![expect(clippy::disallowed_methods, reason = "makes folders to read")]

use super::{FilesError, find_project, read_customers, read_project};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use tempfile::TempDir;

/// A folder with these files; a text is what is in them.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// The names of what was read, and each finding as `code file`.
fn read(folder: &Path, globs: &[&str]) -> (Vec<String>, Vec<String>) {
    let globs: Vec<String> = globs.iter().map(|&glob| glob.to_owned()).collect();
    let (files, list) = read_customers(&folder.join("omniform.yaml"), &globs).unwrap();
    let names = files.iter().map(|file| file.name.to_string()).collect();
    (names, list.iter().map(|d| format!("{} {}", d.code, d.place.file)).collect())
}

const GLOB: &str = "customers/**/*.{yaml,yml}";
const NOTHING: [&str; 0] = [];

#[test]
fn files_are_found_by_the_globs_and_sorted() {
    let folder = folder(&[
        ("omniform.yaml", ""),
        ("customers/b.yml", "b"),
        ("customers/a/z.yaml", "z"),
        ("customers/a.yaml", "a"),
        ("customers/readme.md", ""),
        ("customers/.git/c.yaml", ""),
        ("customers/.omniform/c.yaml", ""),
        ("other/c.yaml", ""),
    ]);
    let (names, told) = read(folder.path(), &[GLOB]);
    assert_eq!(names, ["customers/a.yaml", "customers/a/z.yaml", "customers/b.yml"]);
    assert_eq!(told, NOTHING);
    let (names, told) = read(folder.path(), &["**/*.yaml"]);
    assert_eq!(names, ["customers/a.yaml", "customers/a/z.yaml", "other/c.yaml"]);
    assert_eq!(told, NOTHING);
}

#[test]
fn a_yaml_file_that_no_glob_matches_is_a_warning() {
    let folder =
        folder(&[("customers/a.yaml", ""), ("customers/x/b.yml", ""), ("customers/C.YAML", "")]);
    let (names, told) = read(folder.path(), &["./customers/*.yaml"]);
    assert_eq!(names, ["customers/a.yaml"]);
    assert_eq!(told, ["D006 customers/C.YAML", "D006 customers/x/b.yml"]);
}

#[test]
fn names_that_are_not_utf_8_are_refused_since_two_of_them_can_look_alike() {
    use std::os::unix::ffi::OsStrExt;
    let folder = folder(&[("customers/a.yaml", "")]);
    for name in [&b"b\xFF.yaml"[..], b"b\xFE.yaml"] {
        let name = std::ffi::OsStr::from_bytes(name);
        fs::write(folder.path().join("customers").join(name), "").unwrap();
    }
    let (names, told) = read(folder.path(), &[GLOB]);
    assert_eq!(names, ["customers/a.yaml"]);
    assert_eq!(told, ["D002 customers/b\u{FFFD}.yaml"]);
}

#[test]
fn zero_files_are_an_error() {
    let empty = folder(&[("omniform.yaml", "")]);
    assert_eq!(read(empty.path(), &[GLOB]), (vec![], vec!["D001 omniform.yaml".to_owned()]));
    assert_eq!(read(empty.path(), &["*.yaml"]).1, ["D001 omniform.yaml"]);
}

#[test]
fn links_out_of_the_folder_are_refused_and_links_inside_are_followed() {
    let outside = folder(&[("x.yaml", "secret"), ("d/y.yaml", "secret")]);
    let inside = folder(&[("customers/a.yaml", ""), ("shared/s.yaml", "")]);
    let root = inside.path();
    symlink(outside.path().join("x.yaml"), root.join("customers/out.yaml")).unwrap();
    symlink(outside.path().join("d"), root.join("customers/dir")).unwrap();
    symlink(root.join("shared"), root.join("customers/in")).unwrap();
    symlink(root.join("customers"), root.join("customers/loop")).unwrap();
    symlink("nowhere", root.join("customers/dangling.yaml")).unwrap();
    let (names, told) = read(root, &[GLOB]);
    assert_eq!(names, ["customers/a.yaml", "customers/in/s.yaml"]);
    assert_eq!(
        told,
        [
            "D002 customers/dangling.yaml",
            "D004 customers/dir",
            "D002 customers/loop",
            "D004 customers/out.yaml"
        ]
    );
    let elsewhere = folder(&[("omniform.yaml", "")]);
    symlink(outside.path(), elsewhere.path().join("customers")).unwrap();
    assert_eq!(read(elsewhere.path(), &[GLOB]), (vec![], vec!["D004 customers".to_owned()]));
}

#[test]
fn devices_and_fifos_are_refused_without_opening_them() {
    let folder = folder(&[("customers/a.yaml", "")]);
    let fifo = folder.path().join("customers/fifo.yaml");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status().unwrap();
    assert!(made.success());
    let socket = folder.path().join("customers/socket.yaml");
    let _socket = std::os::unix::net::UnixListener::bind(socket).unwrap();
    let (names, told) = read(folder.path(), &[GLOB]);
    assert_eq!(names, ["customers/a.yaml"]);
    assert_eq!(told, ["D005 customers/fifo.yaml", "D005 customers/socket.yaml"]);
    assert!(matches!(read_project(&fifo), Err(FilesError::NotAFile { .. })));
}

#[test]
fn a_large_file_does_not_hide_the_others() {
    let folder = folder(&[("customers/a.yaml", "")]);
    let write = |name: &str, size: u64| {
        fs::write(folder.path().join(name), vec![b' '; usize::try_from(size).unwrap()]).unwrap();
    };
    write("customers/b.yaml", super::FILE_BYTES_MAX + 1);
    write("customers/c.yaml", super::FILE_BYTES_MAX);
    let (names, told) = read(folder.path(), &[GLOB]);
    assert_eq!(names, ["customers/a.yaml", "customers/c.yaml"]);
    assert_eq!(told, ["D003 customers/b.yaml"]);
    let project = read_project(&folder.path().join("customers/b.yaml"));
    assert!(matches!(project, Err(FilesError::TooLarge { .. })));
}

#[test]
fn the_project_file_is_the_nearest_one_up_to_the_git_root() {
    let tree =
        folder(&[("omniform.yaml", ""), ("a/b/x", ""), ("repo/.git/HEAD", ""), ("repo/c/x", "")]);
    let root = fs::canonicalize(tree.path()).unwrap();
    let found = find_project(None, &root.join("a/b")).unwrap();
    assert_eq!(found, root.join("omniform.yaml"));
    let none = find_project(None, &root.join("repo/c"));
    assert!(matches!(&none, Err(FilesError::NoProject { .. })));
    assert!(none.unwrap_err().hint().unwrap().contains("omniform init"));
    fs::write(root.join("repo/omniform.yaml"), "").unwrap();
    assert_eq!(find_project(None, &root.join("repo/c")).unwrap(), root.join("repo/omniform.yaml"));
    let explicit = find_project(Some(Path::new("x.yaml")), Path::new("/y")).unwrap();
    assert_eq!(explicit, Path::new("/y/x.yaml"));
    let missing = read_project(&root.join("missing.yaml"));
    assert!(matches!(missing, Err(FilesError::Unreadable { .. })));
}
