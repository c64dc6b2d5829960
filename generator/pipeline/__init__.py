"""Build and scan, and what they open."""
