use std::net::TcpListener;

fn main() {
    let port = std::env::var("PORT").unwrap_or("7000".into());
    let listener = TcpListener::bind(format!("0.0.0.0:{port}")).unwrap();
    for stream in listener.incoming() {
        drop(stream);
    }
}
