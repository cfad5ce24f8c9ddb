"""Measuring: numbers, periods, formulas, scoring, and reading published achievements. Pure."""
