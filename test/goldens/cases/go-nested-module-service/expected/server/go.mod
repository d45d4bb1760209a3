module example.com/team/kit/server

go 1.25.0

require example.com/team/kit v1.0.0

replace example.com/team/kit => ../
