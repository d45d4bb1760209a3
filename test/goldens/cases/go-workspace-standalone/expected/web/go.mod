module example.com/team/desk/web

go 1.25.0
