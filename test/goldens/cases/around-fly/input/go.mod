module example.com/team/orders

go 1.24
