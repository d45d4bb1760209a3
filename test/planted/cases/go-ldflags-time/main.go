package main

var built = "unknown"

func main() {
	println("built", built)
}
