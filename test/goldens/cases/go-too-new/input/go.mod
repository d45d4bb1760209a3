module example.com/team/future

go 1.27.1
