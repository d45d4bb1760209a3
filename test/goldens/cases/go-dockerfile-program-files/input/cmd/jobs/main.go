package main

import (
	"flag"
	"net/http"
)

var port = flag.Int("port", 7070, "port to listen on")

func main() {
	flag.Parse()
	serve(*port, http.NotFoundHandler())
}
