package main

import (
	"net/http"
	_ "example.com/lib/tides"
)

func main() {
	http.ListenAndServe(":8080", nil)
}
