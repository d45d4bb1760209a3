package main

import "example.com/team/library/internal/web"

func main() { web.Serve() }
