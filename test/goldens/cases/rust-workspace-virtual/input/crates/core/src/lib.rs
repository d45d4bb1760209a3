/// Text that stands in a folder of its own.
pub fn banner() -> String {
    include_str!("../../../shared/banner.txt").to_string()
}
