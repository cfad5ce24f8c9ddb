"""The tables of offices: offices and posts, people, who holds what, the calendar."""

from himpun.offices.models import calendar, holdings, offices, people

__all__ = ["calendar", "holdings", "offices", "people"]
