"""Networks, weights and models."""
