"""From a sheet that people made to figures: which column is what. Pure."""
