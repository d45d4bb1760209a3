# Debian's Rust with a musl target: the standard library compiled from Debian's own sources, offline; then what the image needs of the root.
umask 022
target=x86_64-unknown-linux-musl
library=/usr/lib/rustlib/$target/lib
work=/tmp/std
rm -rf "$work" "$library" /out/rust
mkdir -p "$library/self-contained" "$work/crate/src" "$work/crate/.cargo"
ln -sf gcc /usr/bin/cc

gcc=$(dirname "$(gcc -print-file-name=crtbeginS.o)")
musl=/usr/lib/x86_64-linux-musl
cp "$musl"/crt1.o "$musl"/Scrt1.o "$musl"/rcrt1.o "$musl"/crti.o "$musl"/crtn.o "$musl"/libc.a \
	"$gcc"/crtbegin.o "$gcc"/crtbeginS.o "$gcc"/crtend.o "$gcc"/crtendS.o "$library/self-contained/"
cd "$work"
musl-gcc -O2 -fPIC -c /in/dl_find_object.c -o dl_find_object.o
cp "$gcc/libgcc_eh.a" "$library/self-contained/libunwind.a"
/usr/bin/ar r "$library/self-contained/libunwind.a" dl_find_object.o

cd "$work/crate"
: > src/lib.rs
cat > Cargo.toml <<'END'
[package]
name = "empty"
version = "0.0.0"
edition = "2021"
END
cat > .cargo/config.toml <<'END'
[source.crates-io]
replace-with = "vendored"
[source.vendored]
directory = "/usr/lib/rustlib/src/rust/library/vendor"
END
# As Rust's own build does it. What ends a program without unwinding is compiled so itself, or no program may ask for
# `panic = "abort"`; and each library holds its bitcode, or none may ask for `lto = true`.
cat > "$work/rustc" <<'END'
#!/bin/sh
case " $* " in *" --crate-name panic_abort "*) exec "$@" -C panic=abort ;; esac
exec "$@"
END
chmod 0755 "$work/rustc"
export RUSTC_WRAPPER=$work/rustc RUSTFLAGS='-C embed-bitcode=yes'
export CARGO_HOME=$work/cargo RUSTC_BOOTSTRAP=1 CARGO_PROFILE_RELEASE_OPT_LEVEL=1
# `test` is the harness that `cargo test --target` links.
cargo build --release --offline --target "$target" -Z build-std=std,panic_abort,proc_macro,test
rm -f "target/$target/release/deps"/libempty-*
cp "target/$target/release/deps"/*.rlib "$library/"
unset RUSTC_WRAPPER RUSTFLAGS

# Hard links: a copy that takes no room. What no build asks for stays out.
mkdir -p /out/rust
cp -al /usr /out/rust/usr
cd /out/rust/usr
for file in bin/*; do
	if [ "$(readlink "$file")" = busybox ]; then rm "$file"; fi
done
cp -a lib64/. lib/
rm -rf lib64 games src share libexec/rust* lib/rustlib/src lib/x86_64-linux-gnu/perl* lib/x86_64-linux-gnu/gconv lib/x86_64-linux-gnu/gprofng*
rm -rf bin/busybox bin/rustdoc bin/*lto-dump* bin/*gprof* bin/perl* libexec/gcc/*/*/lto1 lib/gcc/*/*/lib*san*.a lib/x86_64-linux-gnu/lib*san.so*

echo "$(rustc --version | sed 's/^rustc \([^ ]*\).*/Rust \1/'), $(cargo --version | cut -d' ' -f1,2), gcc $(gcc -dumpfullversion)" > /out/versions
