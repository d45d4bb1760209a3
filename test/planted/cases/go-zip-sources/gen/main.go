package main

import (
	"archive/zip"
	"os"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	out := must(os.Create("/rootfs/app/assets.zip"))
	archive := zip.NewWriter(out)
	for _, entry := range must(os.ReadDir("assets")) {
		header := must(zip.FileInfoHeader(must(entry.Info())))
		header.SetMode(0o644)
		writer := must(archive.CreateHeader(header))
		must(writer.Write(must(os.ReadFile("assets/" + entry.Name()))))
	}
	if err := archive.Close(); err != nil {
		panic(err)
	}
}
