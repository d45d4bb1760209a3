module example.com/team/orders

go 1.25.0
