# How Caution builds and runs this service. Keys: https://docs.caution.co/reference/caution-hcl
enclave "golden" {
  build {
    # What is built and measured; the context is the repository's root.
    containerfile = "Containerfile"
    # Without app_sources nobody else can verify: add the public URL of this repository.
    # app_sources = ["https://…"]
  }

  resources {
    cpu = 2
    # MiB. The image lives in this memory: four times its size, and what the service uses.
    memory_mb = 512
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

      # From the client into the enclave, by STEVE: browsers and programs need its client.
      e2e_encryption {
        mode         = "steve"
        key_exchange = "xwing-draft10"
        cors_origins = ["https://app.example.com"]
      }
    }
  }

  # Started as root in /, with none of the image's ENV, WORKDIR or ENTRYPOINT:
  # absolute paths, and every variable that the service needs.
  unit "default" {
    command = "/app/server"
    env = {
      PORT = "8080"
    }
  }
}
