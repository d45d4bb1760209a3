package web

import (
	"embed"
	"regexp"
)

var (
	link = regexp.MustCompile(`^https?://`)

	//go:embed site
	Files embed.FS
)
