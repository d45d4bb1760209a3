module example.com/team/sdk

go 1.25.0
