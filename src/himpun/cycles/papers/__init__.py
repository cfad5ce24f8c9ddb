"""What each document of a cycle says: content for the Typst templates, assembled from rows.

One module a document. Each function reads and returns a dict in the shape of `documents/content.py`; none writes.
"""
