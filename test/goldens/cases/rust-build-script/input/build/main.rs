use std::process::Command;
use std::time::SystemTime;

fn main() {
    let commit = Command::new("git").args(["rev-parse", "HEAD"]).output().unwrap();
    println!("cargo:rustc-env=COMMIT={}", String::from_utf8_lossy(&commit.stdout));
    println!("cargo:rustc-env=BUILT={:?}", SystemTime::now());
    Command::new("npm").args(["run", "build"]).status().unwrap();
}
