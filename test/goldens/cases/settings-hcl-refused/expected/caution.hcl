enclave "orders" {
  resources {
    cpu = 2
  }
  colour = "blue"
}
