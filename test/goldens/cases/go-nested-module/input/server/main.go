package main

import (
	"net/http"
	_ "example.com/team/sdk"
)

func main() {
	http.ListenAndServe(":8080", nil)
}
