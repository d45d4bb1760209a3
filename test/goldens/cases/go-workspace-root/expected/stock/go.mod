module example.com/team/stock

go 1.25.0
