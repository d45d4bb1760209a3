module example.com/team/counter

go 1.25.0
