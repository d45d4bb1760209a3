module example.com/lib/stamps

go 1.25.0
