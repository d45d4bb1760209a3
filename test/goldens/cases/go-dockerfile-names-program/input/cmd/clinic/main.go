package main

import (
	"net/http"
)

var version = "dev"

func main() {
	println(version, mode)
	http.ListenAndServe(":8080", nil)
}
