"""results.json: written, read, compared and gated; provenance."""
