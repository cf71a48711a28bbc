//! A client for the language server of editors (the package `yaml-language-server`) over its
//! standard input and output, as the Language Server Protocol 3.17 has it.

use crate::suites::fetched;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

/// How long an answer may take before the test gives up.
const ANSWER_SECONDS_MAX: u64 = 60;

/// A language server with one folder open.
pub(super) struct Server {
    child: Child,
    input: ChildStdin,
    messages: Receiver<Value>,
    requests: u64,
    settings: Value,
    /// The last diagnostics of each file.
    diagnostics: BTreeMap<String, Vec<Value>>,
}

impl Server {
    /// Starts the server in a folder; `None` where it was not fetched. `schemas` maps a schema's
    /// file to globs; without one, only modelines name schemas.
    pub(super) fn start(folder: &Path, schemas: &Value) -> Option<Self> {
        let script = fetched("npm/node_modules/yaml-language-server/bin/yaml-language-server")?;
        let mut child = Command::new("node")
            .arg(script)
            .arg("--stdio")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Node.js, which the language server needs");
        let input = child.stdin.take().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let (send, messages) = channel();
        thread::spawn(move || {
            while let Some(message) = receive(&mut output) {
                if send.send(message).is_err() {
                    break;
                }
            }
        });
        let settings = json!({
            "yaml": {
                "schemas": schemas, "schemaStore": { "enable": false }, "hover": true,
                "completion": true, "validate": true
            }
        });
        let diagnostics = BTreeMap::new();
        let mut server = Self { child, input, messages, requests: 0, settings, diagnostics };
        let root = uri(folder);
        server.ask(
            "initialize",
            &json!({
                "processId": null, "rootUri": root,
                "workspaceFolders": [{ "uri": root, "name": "it" }],
                "capabilities": {
                    "workspace": { "configuration": true, "workspaceFolders": true },
                    "textDocument": {
                        "completion": { "completionItem": { "documentationFormat": ["markdown"] } },
                        "hover": { "contentFormat": ["markdown"] }
                    }
                }
            }),
        );
        server.tell("initialized", &json!({}));
        let settings = server.settings.clone();
        server.tell("workspace/didChangeConfiguration", &json!({ "settings": settings }));
        Some(server)
    }

    /// Opens a file with this text, once, and gives what the server finds wrong with it.
    pub(super) fn open(&mut self, path: &Path, text: &str) -> Vec<String> {
        self.open_all(&[(path.to_owned(), text.to_owned())]).remove(0)
    }

    /// Opens files with these texts and gives what the server finds wrong with each, as messages. It
    /// waits a moment before it looks at a file, but at many at once.
    pub(super) fn open_all(&mut self, files: &[(PathBuf, String)]) -> Vec<Vec<String>> {
        let uris: Vec<String> = files.iter().map(|(path, _)| uri(path)).collect();
        for (uri, (_, text)) in uris.iter().zip(files) {
            let document = json!({ "uri": uri, "languageId": "yaml", "version": 1, "text": text });
            self.tell("textDocument/didOpen", &json!({ "textDocument": document }));
        }
        while !uris.iter().all(|uri| self.diagnostics.contains_key(uri)) {
            self.take();
        }
        let message = |found: &Value| found["message"].as_str().unwrap().to_owned();
        uris.iter().map(|uri| self.diagnostics[uri].iter().map(message).collect()).collect()
    }

    /// What can be written at a place of an open file: labels. Lines and columns count from 0.
    pub(super) fn complete(&mut self, path: &Path, line: u32, column: u32) -> Vec<String> {
        let answer = self.ask("textDocument/completion", &place(path, line, column));
        let items = answer.get("items").unwrap_or(&answer).as_array().cloned().unwrap_or_default();
        items.iter().map(|item| item["label"].as_str().unwrap().to_owned()).collect()
    }

    /// What is shown over a place of an open file.
    pub(super) fn hover(&mut self, path: &Path, line: u32, column: u32) -> String {
        let answer = self.ask("textDocument/hover", &place(path, line, column));
        answer["contents"]["value"].as_str().unwrap_or_default().to_owned()
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.requests += 1;
        let id = self.requests;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let message = self.take();
            if message["id"] == id && message.get("method").is_none() {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].clone();
            }
        }
    }

    fn tell(&mut self, method: &str, params: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
        self.input.flush().unwrap();
    }

    /// Takes the next message: answers the server's questions, keeps its diagnostics.
    fn take(&mut self) -> Value {
        let wait = Duration::from_secs(ANSWER_SECONDS_MAX);
        let message = self.messages.recv_timeout(wait).expect("an answer of the language server");
        if let (Some(method), Some(id)) = (message["method"].as_str(), message.get("id")) {
            let asked = message["params"]["items"].as_array();
            let result = match (method, asked) {
                ("workspace/configuration", Some(items)) => items
                    .iter()
                    .map(|item| self.settings[item["section"].as_str().unwrap_or("")].clone())
                    .collect(),
                _ => Value::Null,
            };
            self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": result }));
        } else if message["method"] == "textDocument/publishDiagnostics" {
            let uri = message["params"]["uri"].as_str().unwrap().to_owned();
            let found = message["params"]["diagnostics"].as_array().unwrap().clone();
            self.diagnostics.insert(uri, found);
        }
        message
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One message: headers, an empty line, and as many bytes as they say.
fn receive(output: &mut BufReader<ChildStdout>) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().strip_prefix("Content-Length: ") {
            Some(bytes) => length = bytes.parse().ok()?,
            None if line.trim_end().is_empty() => break,
            None => {}
        }
    }
    let mut body = vec![0; length];
    output.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

fn place(path: &Path, line: u32, column: u32) -> Value {
    json!({ "textDocument": { "uri": uri(path) }, "position": { "line": line, "character": column } })
}

pub(super) fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}
