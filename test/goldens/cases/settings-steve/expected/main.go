// The service's start and its clean end. The routes are in app.go.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

const defaultPort = 8080

// grace is how long open requests may take to end, once the service was told to stop.
const grace = 10 * time.Second

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	port, err := portNumber()
	if err != nil {
		return err
	}
	stop, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer cancel()
	listener, err := net.Listen("tcp4", fmt.Sprintf("0.0.0.0:%d", port))
	if err != nil {
		return err
	}
	log.Printf("listening on %s", listener.Addr())

	server := &http.Server{Handler: routes(), ReadHeaderTimeout: 5 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-stop.Done():
	}
	// From here on a second signal ends the process at once.
	cancel()
	ending, end := context.WithTimeout(context.Background(), grace)
	defer end()
	if err := server.Shutdown(ending); err != nil {
		return fmt.Errorf("stopped with requests still open: %w", err)
	}
	log.Print("stopped")
	return nil
}

// portNumber reads PORT, and gives the default when it is not set.
func portNumber() (int, error) {
	value := os.Getenv("PORT")
	if value == "" {
		return defaultPort, nil
	}
	port, err := strconv.ParseUint(value, 10, 16)
	if err != nil || port == 0 {
		return 0, fmt.Errorf("PORT is %q, not a number from 1 to 65535", value)
	}
	return int(port), nil
}
