module example.com/team/cellar

go 1.25.0

require example.com/lib/words v1.3.0
