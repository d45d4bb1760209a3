module example.com/team/api

go 1.24
