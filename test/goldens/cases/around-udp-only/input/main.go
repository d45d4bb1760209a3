package main

import "net"

func main() {
	socket, err := net.ListenPacket("udp", ":5353")
	if err != nil {
		panic(err)
	}
	defer socket.Close()
	buffer := make([]byte, 1500)
	for {
		count, from, _ := socket.ReadFrom(buffer)
		socket.WriteTo(buffer[:count], from)
	}
}
