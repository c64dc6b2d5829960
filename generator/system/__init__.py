"""Files, paths, locks, signals and the terminal."""
