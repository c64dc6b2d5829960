"""What can go wrong while a report is made, done on purpose: ``make torture`` runs all of it."""
