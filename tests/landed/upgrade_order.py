"""The landed versions whose filled databases are kept here, from the first on (docs/how-to/adding-an-old-version.md)."""

ORDER = ("ca016cb", "b3cbcde", "9c63d70", "5babe1d")
