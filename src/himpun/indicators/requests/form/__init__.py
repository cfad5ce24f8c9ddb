"""A request as a workbook that goes out and comes back. Pure."""
