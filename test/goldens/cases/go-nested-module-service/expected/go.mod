module example.com/team/kit

go 1.25.0
