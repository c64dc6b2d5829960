"""Records of what tasks leave."""
