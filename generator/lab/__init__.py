"""Everything that imports torch. Importing this package alone does not: ``run`` does."""
