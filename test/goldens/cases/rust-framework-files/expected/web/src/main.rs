use axum::Router;
use tower_http::services::{ServeDir, ServeFile};

#[tokio::main]
async fn main() {
    let tera = tera::Tera::new("templates/**/*.html").unwrap();
    let migrator = sqlx::migrate::Migrator::new(std::path::Path::new("./migrations")).await.unwrap();
    let app = Router::new()
        .nest_service("/static", ServeDir::new("static"))
        .route_service("/robots.txt", ServeFile::new(concat!(env!("CARGO_MANIFEST_DIR"), "/public/robots.txt")));
    let listener = tokio::net::TcpListener::bind("0.0.0.0:8107").await.unwrap();
    axum::serve(listener, app).await.unwrap();
}
