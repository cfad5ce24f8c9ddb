"""The journal of sealed acts and the files kept by their SHA-256; knows people and subjects only as text."""
