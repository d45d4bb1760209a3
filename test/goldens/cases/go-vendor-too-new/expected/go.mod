module example.com/team/attic

go 1.25.0

require example.com/lib/words v1.2.0
