package lib

const Name = "till"
