"""The one door for workbooks from outside. Pure."""
