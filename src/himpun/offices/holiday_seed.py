"""Seed data for the editable table of days off; never asked at run time.

The dates come from the `holidays` package. Past years follow the joint ministerial decrees (SKB Tiga Menteri);
years not yet decreed are estimates, and the office corrects the table when the decree appears.
"""

from datetime import date

import holidays

CATEGORIES = ("public", "government")
"""National holidays (libur nasional) and collective leave (cuti bersama)."""


def seed_holidays(year: int) -> list[tuple[date, str]]:
    """The days off of one year with their Indonesian names, in order of date."""
    days = holidays.country_holidays("ID", years=year, categories=CATEGORIES, language="id")
    return sorted((day, str(name)) for day, name in days.items() if day.year == year)
