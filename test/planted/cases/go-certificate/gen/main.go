package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"time"
)

func main() {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "service"},
		NotBefore:    time.Unix(0, 0),
		NotAfter:     time.Unix(4_000_000_000, 0),
	}
	bytes, err := x509.CreateCertificate(rand.Reader, &template, &template, public, private)
	if err != nil {
		panic(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: bytes})
	if err := os.WriteFile("/rootfs/app/server.crt", text, 0o644); err != nil {
		panic(err)
	}
}
