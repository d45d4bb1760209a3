fn main() {
    println!("built on {}", env!("BUILT_ON"));
}
