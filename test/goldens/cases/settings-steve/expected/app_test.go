package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestAnswersInJSON(t *testing.T) {
	tests := []struct {
		name, method, path string
		status             int
		key, value         string
	}{
		{"says which service it is", "GET", "/", http.StatusOK, "service", "golden"},
		{"is healthy", "GET", "/health", http.StatusOK, "status", "ok"},
		{"refuses an unknown path", "GET", "/nowhere", http.StatusNotFound, "error", "not found"},
		{"refuses another method", "POST", "/", http.StatusMethodNotAllowed, "error", "method not allowed"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			answer := httptest.NewRecorder()
			routes().ServeHTTP(answer, httptest.NewRequest(test.method, test.path, nil))
			if answer.Code != test.status {
				t.Errorf("status %d, want %d", answer.Code, test.status)
			}
			var body map[string]string
			if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil {
				t.Fatalf("%q is not JSON: %v", answer.Body, err)
			}
			if body[test.key] != test.value {
				t.Errorf("%s is %q, want %q", test.key, body[test.key], test.value)
			}
		})
	}
}

func TestTakesAPortNumberAndNothingElse(t *testing.T) {
	t.Setenv("PORT", "9000")
	if port, err := portNumber(); err != nil || port != 9000 {
		t.Errorf("got %d, %v, want 9000", port, err)
	}
	t.Setenv("PORT", "")
	if port, err := portNumber(); err != nil || port != defaultPort {
		t.Errorf("got %d, %v, want the default", port, err)
	}
	for _, wrong := range []string{"0", "65536", "http"} {
		t.Setenv("PORT", wrong)
		if port, err := portNumber(); err == nil {
			t.Errorf("%q was taken as port %d", wrong, port)
		}
	}
}
