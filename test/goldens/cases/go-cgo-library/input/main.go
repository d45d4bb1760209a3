package main

import (
	"net/http"
	
	"example.com/team/photos/resize"
)

func main() {
	resize.Init()
	http.ListenAndServe(":8080", nil)
}
