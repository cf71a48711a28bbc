//! What the sandbox answers, before it becomes HTTP. *Pure.*

use serde_json::json;

/// An answer. Its message never holds a customer's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    /// The HTTP status.
    pub(super) status: u16,
    /// `Content-Type`.
    pub(super) content_type: &'static str,
    /// `Retry-After`, in seconds.
    pub(super) retry_after: Option<&'static str>,
    /// `Allow`, for a wrong method.
    pub(super) allow: Option<&'static str>,
    /// The body.
    pub(super) body: String,
}

impl Reply {
    fn json(status: u16, body: String) -> Self {
        Self { status, content_type: "application/json", retry_after: None, allow: None, body }
    }

    /// The documented success: `{"type":"result","message":"…"}`.
    pub(super) fn done(message: &str) -> Self {
        Self::json(200, json!({"type": "result", "message": message}).to_string())
    }

    /// A success without a body: none is documented for a purge.
    pub(super) fn empty() -> Self {
        Self::json(200, String::new())
    }

    /// A page of the list.
    pub(super) fn page(page: &serde_json::Value) -> Self {
        Self::json(200, page.to_string())
    }

    /// The documented failure: `{"status":"error","message":"…"}`.
    pub(super) fn error(status: u16, message: impl AsRef<str>) -> Self {
        Self::json(status, json!({"status": "error", "message": message.as_ref()}).to_string())
    }

    /// A request that is wrong in itself.
    pub(super) fn wrong(message: impl AsRef<str>) -> Self {
        Self::error(400, message)
    }

    /// The same with a time to wait.
    pub(super) fn after(mut self, seconds: &'static str) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// What a proxy shows in place of the answer.
    pub(super) fn html() -> Self {
        let body = "<!doctype html><title>Please log in</title>".to_owned();
        Self { content_type: "text/html", ..Self::json(200, body) }
    }

    /// A path that exists, asked in another way.
    pub(super) fn wrong_method(allow: &'static str) -> Self {
        Self { allow: Some(allow), ..Self::error(405, "Method not allowed.") }
    }

    /// Whether it says that the request was carried out.
    pub(super) fn is_success(&self) -> bool {
        self.status == 200
    }
}
