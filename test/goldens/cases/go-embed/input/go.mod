module example.com/team/notes

go 1.25.0
