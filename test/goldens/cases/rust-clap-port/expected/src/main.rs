#[cfg(test)]
mod tests;

#[derive(Parser)]
struct Args {
    /// Port to listen on
    #[arg(short = 'p', long, default_value_t = 5000, env = "DEPOT_PORT")]
    port: u16,

    #[arg(long, default_value = "127.0.0.1")]
    bind: IpAddr,

    /// Plain HTTP is sent to HTTPS from here
    #[arg(long, default_value_t = 5080, env = "DEPOT_REDIRECT_PORT")]
    redirect_port: u16,
}

fn main() {
    let args = Args::parse();
    serve((args.bind, args.port));
}
