"""Photographs: files, occlusion masks, near-duplicates and streamed sources. No torch."""
