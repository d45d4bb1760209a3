use std::io::{Read, Write};
use std::net::TcpListener;

fn main() {
    let port = std::env::var("PORT").unwrap_or("8106".into());
    let listener = TcpListener::bind(format!("0.0.0.0:{port}")).unwrap();
    for stream in listener.incoming().flatten() {
        answer(stream).ok();
    }
}

fn answer(mut stream: std::net::TcpStream) -> std::io::Result<()> {
    stream.read(&mut [0; 1024])?;
    let body = page();
    write!(stream, "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

fn page() -> String {
    let title = include_str!("../assets/title.txt").trim();
    let entries = std::fs::read_to_string("config/entries.txt").unwrap();
    let page = std::fs::read_to_string(std::path::Path::new("templates").join("page.html")).unwrap();
    page.replace("TITLE", title).replace("ENTRIES", &entries)
}

#[cfg(test)]
mod tests {
    #[test]
    fn reads() {
        std::fs::read_to_string("tests/data/entry.txt").unwrap();
    }
}
