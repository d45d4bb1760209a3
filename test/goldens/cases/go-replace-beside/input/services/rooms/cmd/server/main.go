package main

import (
	"net/http"
	"example.com/team/hotel/common/keys"
	_ "github.com/go-chi/chi/v5"
)

func main() {
	println(keys.Master)
	http.ListenAndServe(":8080", nil)
}
