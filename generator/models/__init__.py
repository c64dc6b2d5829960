"""What is known of a model without torch: its layers and its preprocessing."""
