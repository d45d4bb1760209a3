package main

import (
	"net/http"
	"example.com/team/lib"
)

func main() {
	println(lib.Name)
	http.ListenAndServe(":8080", nil)
}
