# How Caution builds and runs this service. Keys: https://docs.caution.co/reference/caution-hcl
enclave "golden" {
  build {
    # What is built and measured; the context is the repository's root.
    containerfile = "Containerfile"
    # Where anybody finds this source, to rebuild and compare.
    app_sources = ["https://example.com/team/golden.git"]
  }

  resources {
    cpu = 2
    # MiB. The image lives in this memory: four times its size, and what the service uses.
    memory_mb = 1024
  }

  network {
    # What reaches the enclave from outside.
    ingress {
      cidr_ipv4   = "0.0.0.0/0"
      port        = 8080
      ip_protocol = "tcp"
    }

    # Caution's HTTP front: TLS on port 443, for one of the ports.
    http {
      port = 8080
    }
  }

  # Started as root in /, with none of the image's ENV, WORKDIR or ENTRYPOINT:
  # absolute paths, and every variable that the service needs.
  unit "default" {
    command = "/usr/bin/node"
    args    = ["/app/src/server.ts"]
    # Locksmith gives what env::vault names.
    env = {
      PORT        = "8080"
      NODE_ENV    = "production"
      GREETING    = "say \"$${hi}\""
      API_TOKEN   = env::vault("API_TOKEN")
      DB_PASSWORD = env::vault("DB_PASSWORD")
    }
  }
}
