module example.com/team/hotel/common

go 1.25.0
