"""Figures: read from what is typed, taken in, imported in bulk."""
