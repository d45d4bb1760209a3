package main

import (
	"net/http"
	"embed"
)

//go:embed templates/*.html static
var files embed.FS

func main() {
	http.ListenAndServe(":8080", http.FileServerFS(files))
}
