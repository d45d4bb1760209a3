module example.com/team/depot

go 1.25.0
