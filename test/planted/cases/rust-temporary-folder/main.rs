fn main() {
    std::env::args().nth(1).expect("one argument");
}
