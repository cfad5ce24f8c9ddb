"""The content of every kind of document as typed dictionaries, one module a kind."""
