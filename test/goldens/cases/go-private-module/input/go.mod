module example.com/team/vault

go 1.25.0

require git.acme.example/team/locks v1.4.0
