"""The formulas of indicators (docs/reference/rumus.md)."""
