package main

import (
	"net/http"
	_ "git.acme.example/team/locks"
)

func main() {
	http.ListenAndServe(":8080", nil)
}
