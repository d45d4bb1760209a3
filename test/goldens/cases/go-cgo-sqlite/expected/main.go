package main

import (
	"net/http"
	"database/sql"
	
	_ "github.com/mattn/go-sqlite3"
)

func main() {
	sql.Open("sqlite3", ":memory:")
	http.ListenAndServe(":8080", nil)
}
