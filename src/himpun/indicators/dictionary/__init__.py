"""The dictionary of indicators: definitions in versions, scales, years, its sheets and imports."""
