package main

import (
	"net/http"
	
	"example.com/team/radio/gen/radiopb"
)

func main() {
	println(radiopb.Name, Red)
	http.ListenAndServe(":8080", nil)
}
