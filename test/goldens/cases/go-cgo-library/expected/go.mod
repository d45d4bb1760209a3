module example.com/team/photos

go 1.25.0
