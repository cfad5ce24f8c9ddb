"""Workbooks and CSV files that came from outside, read without trusting a byte of them.

Pure. An XLSX is looked through as a zip and as XML streams before anything is unpacked into memory: macros, external
links, embedded objects, DOCTYPE, zip bombs, and sheets larger than `Limits` are refused with the cause and what to do.
Only the parts that were looked through are handed on to calamine, which reads the values. Numbers become exact
`Decimal`: the fifteen digits that the program shows, because that is what the person saw ("83.18").
"""

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a text begins with that a spreadsheet would run as a formula; some run the wide forms too."""


def inert(cell: str) -> str:
    """A cell of a CSV that a spreadsheet takes as text and never as a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell


Attributes = dict[str, str]
