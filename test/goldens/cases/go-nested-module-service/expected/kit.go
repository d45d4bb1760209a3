package kit

const Name = "kit"
