module example.com/team/bank

go 1.25.0
