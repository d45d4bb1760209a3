module example.com/team/broken

require (
	example.com/x
)
