use std::{collections::HashMap, env, fs, path::Path};

fn main() {
    let names: HashMap<String, usize> = (0..40).map(|number| (format!("name-{number}"), number)).collect();
    let text: String = names.iter().map(|(name, number)| format!("{name}={number};")).collect();
    fs::write(Path::new(&env::var("OUT_DIR").unwrap()).join("stamp.txt"), text).unwrap();
}
