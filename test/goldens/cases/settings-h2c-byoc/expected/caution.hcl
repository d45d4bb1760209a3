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
      cidr_ipv4 = "0.0.0.0/0"
    }

    # Caution's HTTP front: TLS on port 443, for one of the ports.
    http {
      domain = "grpc.example.com"
      port   = 8080
      # What the service speaks: h2c is HTTP/2 without TLS.
      upstream_protocol = "h2c"

      # TLS ends in the enclave; the certificate needs the domain and egress.
      e2e_encryption {
        mode = "tls"
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

# Where it runs: your own AWS account.
caution {
  machine_type = "m6i.xlarge"

  provider {
    type              = "aws"
    region            = "eu-central-1"
    vpc_id            = "vpc-0123abcd"
    subnet_ids        = ["subnet-0123abcd", "subnet-0123456789abcdef0"]
    security_group_id = "sg-0123abcd"
  }
}
