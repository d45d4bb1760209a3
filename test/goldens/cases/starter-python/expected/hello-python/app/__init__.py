"""hello-python: a small HTTP service."""
