use std::io::{Read, Write};
use std::net::TcpListener;

fn main() {
    let port = std::env::var("PORT").unwrap_or("8101".into());
    let listener = TcpListener::bind(format!("0.0.0.0:{port}")).unwrap();
    for stream in listener.incoming().flatten() {
        answer(stream).ok();
    }
}

fn answer(mut stream: std::net::TcpStream) -> std::io::Result<()> {
    stream.read(&mut [0; 1024])?;
    let body = "ok".to_string();
    write!(stream, "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}
