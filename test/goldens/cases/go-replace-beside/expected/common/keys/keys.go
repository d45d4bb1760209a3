package keys

const Master = 1
