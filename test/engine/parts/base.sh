# The layers that every stand-in shares: StageX's file system, busybox, musl's loader, the certificates, and packages without content.
umask 022
rm -rf /out/*

# As stagex/core-filesystem lays it; passwd and group shortened.
mkdir -p /out/filesystem
cd /out/filesystem
install -d -m 0750 root
install -d -m 0755 etc usr usr/bin usr/lib usr/sbin var var/spool home
install -d -m 1777 tmp var/tmp var/spool/mail
install -o 1000 -g 1000 -d -m 0755 home/user
ln -s usr/lib lib64
ln -s usr/lib lib
ln -s usr/bin bin
ln -s usr/sbin sbin
ln -s lib usr/lib64
ln -s ../run var/run
ln -s ../run/lock var/lock
cat > etc/passwd <<'END'
root:x:0:0:root:/root:/bin/sh
user:x:1000:1000::/home/user:/bin/sh
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
END
printf 'root:x:0:\nuser:x:1000:\n' > etc/group
printf 'NAME="[Stageˣ]"\nID=stagex\n' > etc/os-release

mkdir -p /out/busybox/usr/bin
cd /out/busybox/usr/bin
cp /usr/bin/busybox .
for applet in $(busybox --list); do
	[ "$applet" = busybox ] || ln -s busybox "$applet"
done

mkdir -p /out/musl/usr/lib /out/musl/usr/bin
cp -L /usr/lib/ld-musl-x86_64.so.1 /out/musl/usr/lib/
ln -s ld-musl-x86_64.so.1 /out/musl/usr/lib/libc.musl-x86_64.so.1
ln -s ../lib/ld-musl-x86_64.so.1 /out/musl/usr/bin/ldd

mkdir -p /out/ca/etc/ssl/certs
cp /etc/ssl/certs/ca-certificates.crt /out/ca/etc/ssl/certs/
ln -s certs/ca-certificates.crt /out/ca/etc/ssl/cert.pem

# What a login shell reads in a pallet, shortened: it is why a Containerfile sets SHELL itself.
mkdir -p /out/profile/etc
cat > /out/profile/etc/profile <<'END'
set -eux
export MAKEFLAGS="-j$(nproc)"
export CC=clang
export CXX=clang++
export LD=ld.mold
export AR=llvm-ar
export LDFLAGS="--ld-path=/usr/bin/${LD}"
END

for name in libcxxabi openssl zlib brotli c-ares libnghttp2 icu libffi sqlite3; do
	mkdir -p "/out/empty-$name/usr/share/licenses/$name"
	echo 'a stand-in without content' > "/out/empty-$name/usr/share/licenses/$name/LICENSE"
done

echo "$(busybox | sed -n '1s/^\([^ ]* v[^ ]*\) .*/\1/p'), musl $(sed -n 's/^musl_\([^_]*\)_.*/\1/p' /packages)" > /out/versions
