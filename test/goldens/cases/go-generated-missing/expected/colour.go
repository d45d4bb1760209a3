package main

//go:generate go tool stringer -type=Colour -output=colour_string.go
type Colour int

const Red Colour = 1
