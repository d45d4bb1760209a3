module example.com/team/shop/lib

go 1.25.0
