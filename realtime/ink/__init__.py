"""Ink: which pixels of a frame are a digit's ink, and which digit's, as one small network sees them."""
