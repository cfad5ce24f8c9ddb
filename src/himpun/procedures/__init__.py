"""The SOP: its text, its checks, its flowchart and official sheet, and its published versions."""
