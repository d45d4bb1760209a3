package main

import (
	"math/rand/v2"
	"os"
	"strconv"
)

func main() {
	text := "session = " + strconv.FormatUint(rand.Uint64(), 16) + "\n"
	if err := os.WriteFile("/rootfs/app/session.txt", []byte(text), 0o644); err != nil {
		panic(err)
	}
}
