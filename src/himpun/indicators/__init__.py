"""Indicators: dictionary, requests, figures, recaps. Knows no cycles."""
