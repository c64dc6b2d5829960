"""The same network in less time: precision, fusion and 8-bit convolutions."""
