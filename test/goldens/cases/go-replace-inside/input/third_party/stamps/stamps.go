package stamps

const Price = 1
