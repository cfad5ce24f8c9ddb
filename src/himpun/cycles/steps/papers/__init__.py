"""The content of the papers that steps leave."""
