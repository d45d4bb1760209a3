module example.com/team/shop/services/mail

go 1.25.0
