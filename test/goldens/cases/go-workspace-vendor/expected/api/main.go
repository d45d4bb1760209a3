package main

import (
	"net/http"
	"example.com/team/kiosk/lib"
	
	_ "github.com/go-chi/chi/v5"
)

func main() {
	println(lib.Name)
	http.ListenAndServe(":8080", nil)
}
