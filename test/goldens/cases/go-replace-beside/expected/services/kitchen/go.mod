module example.com/team/hotel/services/kitchen

go 1.25.0
