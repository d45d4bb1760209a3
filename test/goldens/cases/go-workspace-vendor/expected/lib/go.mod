module example.com/team/kiosk/lib

go 1.25.0
