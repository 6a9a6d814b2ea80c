"""Whole results on fixed hard inputs, in seconds: what `make check` holds against bounds."""
