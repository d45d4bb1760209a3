module example.com/team/library

go 1.25.0
