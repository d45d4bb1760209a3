module example.com/team/radio

go 1.25.0

require google.golang.org/protobuf v1.36.6
