module example.com/team/desk/api

go 1.25.0
