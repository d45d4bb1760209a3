//! Starts the service, and stops it cleanly. The routes are in `app.rs`.

mod app;

use std::{env, error::Error, io, net::Ipv4Addr, num::NonZeroU16, process, time::Duration};

use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    time::sleep,
};

const DEFAULT_PORT: u16 = 8080;

/// How long open requests may take to end, once the service was told to stop.
const GRACE: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = parse_port(&env::var("PORT").unwrap_or_default())?;
    let stop = stop_signal()?;
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).await?;
    println!("listening on {}", listener.local_addr()?);
    axum::serve(listener, app::routes())
        .with_graceful_shutdown(stop)
        .await?;
    println!("stopped");
    Ok(())
}

fn parse_port(value: &str) -> Result<u16, String> {
    if value.is_empty() {
        return Ok(DEFAULT_PORT);
    }
    match value.parse::<NonZeroU16>() {
        Ok(port) => Ok(port.get()),
        Err(_) => Err(format!("PORT is {value:?}, not a number from 1 to 65535")),
    }
}

/// Ends at SIGTERM or SIGINT. A client that never hangs up cannot hold the process longer than `GRACE`.
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tokio::spawn(async {
            sleep(GRACE).await;
            eprintln!("stopped with requests still open");
            process::exit(1);
        });
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_a_port_number_and_nothing_else() {
        assert_eq!(parse_port("9000"), Ok(9000));
        assert_eq!(parse_port(""), Ok(DEFAULT_PORT));
        for wrong in ["0", "65536", "http"] {
            assert!(parse_port(wrong).is_err(), "{wrong:?} was taken");
        }
    }
}
