"""What a picture maximises, and how."""
