package main

import (
	"flag"
	"net/http"
)

var (
	port  = flag.Int("port", 9898, "port to listen on")
	pages = flag.String("pages", "./pages", "folder of the pages")
)

func main() {
	flag.Parse()
	serve(*port, http.Dir(*pages))
}
