"""Which layers a network has, and where they look."""
