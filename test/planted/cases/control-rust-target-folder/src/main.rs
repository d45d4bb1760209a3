fn main() {
    println!("{}", include_str!(concat!(env!("OUT_DIR"), "/stamp.txt")));
    std::env::args().nth(1).expect("one argument");
}
