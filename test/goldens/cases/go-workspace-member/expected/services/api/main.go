package main

import (
	"net/http"
	"example.com/team/shop/lib/greet"
	
	_ "github.com/go-chi/chi/v5"
)

func main() {
	println(greet.Hello)
	http.ListenAndServe(":8080", nil)
}
