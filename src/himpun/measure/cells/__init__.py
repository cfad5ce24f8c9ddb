"""The one reader of cells: what people write where a figure, a target or an amount is meant. Pure."""
