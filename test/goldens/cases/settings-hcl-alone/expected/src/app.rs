//! The routes of the service. Every answer is JSON.

use axum::{Json, Router, http::StatusCode, routing::get};
use serde_json::{Value, json};

pub fn routes() -> Router {
    Router::new()
        .route("/", get(index))
        .route("/health", get(health))
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(not_found)
}

async fn index() -> Json<Value> {
    Json(json!({ "service": "golden", "message": "Hello, world" }))
}

async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

async fn not_found() -> (StatusCode, Json<Value>) {
    (StatusCode::NOT_FOUND, Json(json!({ "error": "not found" })))
}

async fn method_not_allowed() -> (StatusCode, Json<Value>) {
    (
        StatusCode::METHOD_NOT_ALLOWED,
        Json(json!({ "error": "method not allowed" })),
    )
}

#[cfg(test)]
mod tests {
    use axum::{
        body::{Body, to_bytes},
        http::Request,
    };
    use tower::ServiceExt;

    use super::*;

    async fn call(method: &str, path: &str) -> (StatusCode, Value) {
        let request = Request::builder().method(method).uri(path);
        let request = request.body(Body::empty()).unwrap();
        let response = routes().oneshot(request).await.unwrap();
        let status = response.status();
        let body = to_bytes(response.into_body(), 1024).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }

    #[tokio::test]
    async fn says_which_service_it_is() {
        let (status, body) = call("GET", "/").await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(body["service"], "golden");
    }

    #[tokio::test]
    async fn is_healthy() {
        let answer = call("GET", "/health").await;
        assert_eq!(answer, (StatusCode::OK, json!({ "status": "ok" })));
    }

    #[tokio::test]
    async fn refuses_what_it_does_not_know() {
        assert_eq!(call("GET", "/nowhere").await.0, StatusCode::NOT_FOUND);
        assert_eq!(call("POST", "/").await.0, StatusCode::METHOD_NOT_ALLOWED);
    }
}
