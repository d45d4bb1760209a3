module example.com/team/panel

go 1.25.0
