module example.com/team/post

go 1.25.0

require (
	example.com/lib/stamps v1.0.0
	github.com/go-chi/chi/v5 v5.2.1
)

replace example.com/lib/stamps => ./third_party/stamps
