module example.com/team/gate

go 1.25.0
