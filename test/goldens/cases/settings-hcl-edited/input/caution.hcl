# Ours: the platform team asked for it.
enclave "orders-api" {
  build {
    containerfile = "Containerfile" # next to this file
    cache         = false
  }

  resources {
    cpu       = 4
    memory_mb = 512 # enough for now
  }

  network {
    ingress {
      cidr_ipv4 = "0.0.0.0/0"
      port      = 8080
    }
    http { port = 8080 }
    // The payment provider.
    egress {
      cidr_ipv4 = "203.0.113.0/24"
      port      = 443
    }
  }

  unit "default" {
    command = "/app/api"
    args    = ["--verbose"]
    env = {
      LOG   = "debug"
      TOKEN = env::vault("PROVIDER_TOKEN")
    }
  }
}
