fn main() {
    prost_build::compile_protos(&["../proto/ledger.proto"], &["../proto"]).unwrap();
}
