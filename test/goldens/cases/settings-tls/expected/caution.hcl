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

    # What the service may reach.
    egress {
      cidr_ipv4 = "203.0.113.0/24"
      port      = 443
    }
    egress {
      cidr_ipv4   = "0.0.0.0/0"
      port        = 53
      ip_protocol = "udp"
    }

    # Caution's HTTP front: TLS on port 443, for one of the ports.
    http {
      domain = "api.example.com"
      port   = 8080

      # TLS ends in the enclave; the certificate needs the domain and egress.
      e2e_encryption {
        mode = "tls"
      }
    }
  }

  # Started as root in /, with none of the image's ENV, WORKDIR or ENTRYPOINT:
  # absolute paths, and every variable that the service needs.
  unit "default" {
    command = "/usr/bin/python3"
    args    = ["-m", "app"]
    env = {
      PORT                    = "8080"
      PYTHONPATH              = "/app"
      PYTHONSAFEPATH          = "1"
      PYTHONDONTWRITEBYTECODE = "1"
    }
  }
}
