package main

import "os"

func main() {
	codes := map[string]string{}
	for letter := 'a'; letter <= 'z'; letter++ {
		codes["code-"+string(letter)] = string(letter - 32)
	}
	text := ""
	for name, value := range codes {
		text += name + " = " + value + "\n"
	}
	if err := os.WriteFile("/rootfs/app/codes.txt", []byte(text), 0o644); err != nil {
		panic(err)
	}
}
