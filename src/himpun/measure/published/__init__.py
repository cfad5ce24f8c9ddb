"""Achievements that are published already: which formula explains them."""
