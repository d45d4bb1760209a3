package main

import (
	"net/http"
	"example.com/team/kit"
)

func main() {
	println(kit.Name)
	http.ListenAndServe(":8080", nil)
}
