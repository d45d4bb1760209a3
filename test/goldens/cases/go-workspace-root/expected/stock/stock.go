package stock

const Left = 3
