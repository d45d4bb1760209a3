package main

import (
	"flag"
	"net/http"
)

var address = flag.String("http-address", "127.0.0.1:4180", "<addr>:<port> to listen on")

func main() {
	flag.Parse()
	http.ListenAndServe(*address, http.NotFoundHandler())
}
