"""The pages: one file a subject. A view parses, calls an action or a query, and renders."""
