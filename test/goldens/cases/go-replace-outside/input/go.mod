module example.com/team/ferry

go 1.25.0

require example.com/lib/tides v1.0.0

replace example.com/lib/tides => ../tides
