"""An office as a folder of files: read, checked with row and column, and taken in."""
