module example.com/team/hotel/services/rooms

go 1.25.0

require (
	example.com/team/hotel/common v0.0.0
	github.com/go-chi/chi/v5 v5.2.1
)

replace example.com/team/hotel/common => ../../common
