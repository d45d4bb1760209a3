# The official Go toolchain, fetched and checked against the checksum database by Debian's own Go.
umask 022
export GOTOOLCHAIN=go1.26.0 GOPATH=/tmp/gopath GOFLAGS= GO111MODULE=on
rm -rf /out/go "$GOPATH"
cd /tmp
version=$(go version)
mkdir -p /out/go/usr/lib /out/go/usr/bin
mv "$GOPATH/pkg/mod/golang.org/toolchain@v0.0.1-go1.26.0.linux-amd64" /out/go/usr/lib/go
chmod -R u+w /out/go
rm -rf /out/go/usr/lib/go/test /out/go/usr/lib/go/doc /out/go/usr/lib/go/api
ln -s ../lib/go/bin/go ../lib/go/bin/gofmt /out/go/usr/bin/
echo "$version" | sed 's/^go version go/Go /; s/ linux.*//' > /out/versions
