package main

import (
	"net/http"
	
	"example.com/team/panel/web"
)

func main() {
	println(web.Files)
	http.ListenAndServe(":8080", nil)
}
