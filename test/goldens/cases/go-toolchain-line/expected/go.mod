module example.com/team/present

go 1.25.0

toolchain go1.26.5
