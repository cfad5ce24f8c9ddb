"""Reports: a file or an inner room a report, those of /rekap/ listed in `REPORTS`. They read what all rooms hold and change nothing."""

from collections.abc import Callable
from typing import Any, NamedTuple

from himpun.measure.periods import Period
from himpun.offices.models.offices import Office
from himpun.reports.ladder.ladder import ladder_of
from himpun.reports.recap.recap import recap_of
from himpun.reports.recap.region import region_of


class Report(NamedTuple):
    """A report on an office in a period: its title, what it tells, and the function that makes it.

    Reports about the offices below are offered only where there are any.
    """

    title: str
    told: str
    make: Callable[[Office, Period], Any]
    of_offices_below: bool = False


REPORTS: dict[str, Report] = {
    "live_recap": Report(
        "Keadaan saat ini", "Rekap capaian bulan, triwulan, semester, atau tahun dari angka yang berlaku.", recap_of
    ),
    "region": Report(
        "Kantor bawahan", "Capaian kantor-kantor di bawahnya berdampingan.", region_of, of_offices_below=True
    ),
    "ladder": Report(
        "Tangga keterlambatan", "Siapa memegang setiap langkah sekarang dan berapa lama terlambat.", ladder_of
    ),
}
"""By the name of the page that shows it."""
