fn main() {
    rates_cli_support::run();
}
