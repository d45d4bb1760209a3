module example.com/team/lib

go 1.25.0
