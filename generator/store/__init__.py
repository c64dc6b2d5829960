"""The local and the shared object store."""
