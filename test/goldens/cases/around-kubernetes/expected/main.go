package main

import (
	"flag"
	"net/http"
)

func main() {
	address := flag.String("addr", "", "where to listen")
	flag.Parse()
	http.ListenAndServe(*address, nil)
}
