module example.com/team/clinic

go 1.25.0
