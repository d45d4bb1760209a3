# CPython compiled on musl from Debian's source, with Debian's static libraries instead of compiling OpenSSL too; and from PyPI what pallet-python
# carries, and uv.
umask 022
export SOURCE_DATE_EPOCH=1 PYTHONHASHSEED=0
work=/tmp/python
libraries=$work/libraries
rm -rf "$work" /out/python /out/pypkg /out/uv
mkdir -p "$work/source" "$libraries/lib" "$libraries/include" /out/pypkg/usr/lib/python3.13 /out/uv/usr/bin

pip() { python3 -m pip install --quiet --no-deps --no-compile --only-binary :all: "$@"; }
pip --target /out/pypkg/usr/lib/python3.13/site-packages \
	build==1.6.1 flit_core==4.2.0 installer==1.1.0 packaging==26.3 pyproject_hooks==1.3.3 setuptools==84.2.1 wheel==0.48.0
rm -rf /out/pypkg/usr/lib/python3.13/site-packages/bin
pip --platform musllinux_1_1_x86_64 --target "$work/uv" uv==0.9.25
cp "$work/uv/bin/uv" /out/uv/usr/bin/uv

# Debian's libraries are glibc's: one more object each gives them the names that musl lacks.
debian=/usr/lib/x86_64-linux-gnu
cp "$debian"/libssl.a "$debian"/libcrypto.a "$debian"/libz.a "$debian"/libsqlite3.a "$debian"/liblzma.a "$libraries/lib/"
cp "$debian"/libffi_pic.a "$libraries/lib/libffi.a"
for folder in /usr/include /usr/include/x86_64-linux-gnu; do
	for header in openssl zlib.h zconf.h sqlite3.h sqlite3ext.h lzma lzma.h ffi.h ffitarget.h; do
		[ ! -e "$folder/$header" ] || cp -rL "$folder/$header" "$libraries/include/"
	done
done
for folder in linux asm-generic; do ln -sfn "../$folder" "/usr/include/x86_64-linux-musl/$folder"; done
ln -sfn ../x86_64-linux-gnu/asm /usr/include/x86_64-linux-musl/asm
cd "$work"
musl-gcc -O1 -fPIC -w -fno-builtin -c /in/glibc_names.c -o glibc_names.o
for name in crypto z sqlite3 lzma ffi; do /usr/bin/ar r "$libraries/lib/lib$name.a" glibc_names.o; done
mkdir zlib
cd zlib
/usr/bin/ar x "$libraries/lib/libz.a"
/usr/bin/ar r "$libraries/lib/libcrypto.a" ./*.o

# gcc says x86_64-linux-gnu here, which Python's configure takes for a contradiction.
cat > "$work/musl-cc" <<'END'
#!/bin/sh
case "$1" in --print-multiarch) echo x86_64-linux-musl ;; *) exec musl-gcc "$@" ;; esac
END
chmod 755 "$work/musl-cc"

tar -xJf /in/python.tar.xz -C "$work/source" --strip-components=1
cd "$work/source"
echo '*disabled*
_bz2 _codecs_cn _codecs_hk _codecs_iso2022 _codecs_jp _codecs_kr _codecs_tw _decimal _curses _curses_panel _tkinter readline nis _crypt xxlimited xxlimited_35' > Modules/Setup.local
export HOME=/tmp CC="$work/musl-cc" AR=/usr/bin/ar PKG_CONFIG=/bin/false CFLAGS='-O1 -g0 -w' CPPFLAGS="-I$libraries/include" LDFLAGS="-L$libraries/lib -s"
export LIBFFI_CFLAGS="-I$libraries/include" LIBFFI_LIBS="-L$libraries/lib -lffi" ZLIB_CFLAGS="-I$libraries/include" ZLIB_LIBS="-L$libraries/lib -lz"
./configure -q --build=x86_64-linux-musl --prefix=/usr --enable-shared --without-ensurepip --disable-test-modules --with-openssl="$libraries" \
	ac_cv_file__dev_ptmx=no ac_cv_file__dev_ptc=no
make -s -j"$(nproc)"
make -s DESTDIR=/out/python COMPILEALL_OPTS=-j"$(nproc)" install

cd /out/python/usr
rm -rf lib/python3.13/test share lib/python3.13/config-*/*.a
find . -name '*.opt-?.pyc' -exec rm -f {} +
ln -s python3 bin/python
LD_LIBRARY_PATH=/out/python/usr/lib bin/python3 -c '
import asyncio, ctypes, hashlib, lzma, sqlite3, ssl, sys, sysconfig, zlib
assert sysconfig.get_config_var("SOABI").endswith("-musl"), sysconfig.get_config_var("SOABI")
print("Python", sys.version.split()[0] + ",", ssl.OPENSSL_VERSION.rsplit(" ", 3)[0] + ",", "SQLite", sqlite3.sqlite_version + ",", "uv 0.9.25")
' > /out/versions
