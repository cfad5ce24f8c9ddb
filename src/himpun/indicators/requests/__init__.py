"""Asking units for their figures: prepared, sent, filled, checked, answered, returned."""
