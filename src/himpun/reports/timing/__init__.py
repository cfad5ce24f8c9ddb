"""Standard times against what happened."""
