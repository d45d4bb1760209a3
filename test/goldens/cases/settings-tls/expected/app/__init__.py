"""golden: a small HTTP service."""
