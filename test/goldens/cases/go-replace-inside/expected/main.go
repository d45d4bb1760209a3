package main

import (
	"net/http"
	"example.com/lib/stamps"
	_ "github.com/go-chi/chi/v5"
)

func main() {
	println(stamps.Price)
	http.ListenAndServe(":8080", nil)
}
