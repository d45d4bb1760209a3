module example.com/team/sdk/server

go 1.25.0

require example.com/team/sdk v1.0.0

replace example.com/team/sdk => ../
