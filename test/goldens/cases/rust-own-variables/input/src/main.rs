use std::net::TcpListener;

fn main() {
    let host = std::env::var("WEATHER_HOST").unwrap_or_else(|_| "127.0.0.1".to_string());
    let port = std::env::var("WEATHER_PORT").unwrap_or_else(|_| "8108".to_string());
    let database = std::env::var("DB_PORT").unwrap_or_else(|_| "5432".to_string());
    let listener = TcpListener::bind(format!("{host}:{port}")).unwrap();
    println!("{} {database}", listener.local_addr().unwrap());
    for stream in listener.incoming() {
        drop(stream);
    }
}
