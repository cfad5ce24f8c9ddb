"""The words of an office that its tables, its files and its rules share: in which capacity a post is held, why somebody is
away, what a day of the calendar is. Pure.
"""

from himpun.choices import Choice


class HoldingKind(Choice):
    """In which capacity somebody holds a post."""

    DEFINITIF = "definitif", "Definitif"
    PLT = "Plt", "Pelaksana Tugas (Plt.)"
    PLH = "Plh", "Pelaksana Harian (Plh.)"
    PJ = "Pj", "Penjabat (Pj.)"
    AN = "a.n", "atas nama (a.n.)"
    UB = "u.b", "untuk beliau (u.b.)"


MANDATES = frozenset({HoldingKind.AN, HoldingKind.UB})
"""Signing in another's name: a mandate has an own post."""


class LeaveKind(Choice):
    """Why somebody acts in none of their posts."""

    LEAVE = "cuti", "Cuti"
    SICK = "sakit", "Sakit"
    AWAY = "dinas", "Dinas luar"


class HolidayKind(Choice):
    """What makes a day one on which nobody works, or one on which an office works all the same."""

    NATIONAL = "nasional", "Libur nasional"
    COLLECTIVE = "cuti-bersama", "Cuti bersama"
    LOCAL = "daerah", "Libur daerah"
    CLOSURE = "penutupan", "Kantor tutup"
    WORKING = "masuk", "Tetap masuk kerja"


OWN_DAYS = (HolidayKind.LOCAL, HolidayKind.CLOSURE, HolidayKind.WORKING)
"""The kinds of days an office may add; the others are decreed for all."""
