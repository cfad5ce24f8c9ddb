"""Recaps of any period, of an office or of those below it."""
