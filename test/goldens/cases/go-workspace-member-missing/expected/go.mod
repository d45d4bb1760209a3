module example.com/team/till

go 1.25.0
