package main

import (
	"net/http"
	"example.com/team/stock"
)

func main() {
	println(stock.Left)
	http.ListenAndServe(":8080", nil)
}
