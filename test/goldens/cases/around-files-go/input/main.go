package main

import (
	"html/template"
	"net/http"
)

var pages = template.Must(template.ParseGlob("web/templates/*.html"))

func main() {
	http.Handle("/static/", http.FileServer(http.Dir("./static")))
	http.ListenAndServe(":8080", nil)
}
