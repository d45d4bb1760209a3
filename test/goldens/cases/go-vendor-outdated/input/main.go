package main

import (
	"net/http"
	_ "example.com/lib/words"
)

func main() {
	http.ListenAndServe(":8080", nil)
}
