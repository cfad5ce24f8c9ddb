"""The sample office, with the ten steps of the procedure published as they are in the package or bare of their actions.

Bare means without `does` and `runs`: the same ten steps, roles, ways out and standard times, but no letters, figures or
documents, which the peers do not make either.
"""

import os
import re
from dataclasses import dataclass
from importlib import resources

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
django.setup()

from django.core.management import call_command  # noqa: E402

from himpun import clock  # noqa: E402
from himpun.commands.load_office import load  # noqa: E402
from himpun.cycles import actions  # noqa: E402
from himpun.cycles.models import Cycle, Task  # noqa: E402
from himpun.folders.reading import read_office  # noqa: E402
from himpun.offices.calendar.national import seed_national_calendar  # noqa: E402
from himpun.offices.kinds import seed_kinds  # noqa: E402
from himpun.offices.models.holdings import Holding  # noqa: E402
from himpun.offices.models.offices import Office, Post  # noqa: E402
from himpun.offices.models.people import Person  # noqa: E402
from himpun.procedures.actions import publish_shared  # noqa: E402

SOP = "pengumpulan-data-kinerja"
DECISIONS = (
    ("disposisi", ""),
    ("perintahkan", ""),
    ("sampaikan", ""),
    ("terima", ""),
    ("perlu perbaikan", "Perbaiki tabel capaian"),
    ("selesai", ""),
    ("paraf", ""),
    ("paraf", ""),
    ("tanda tangan", ""),
    ("selesai", ""),
)
"""A way through all ten steps, one after the other; the fifth hands back, which needs a reason."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open task and who holds its post."""

    task_id: int
    cycle_id: int
    step_no: int
    visit: int
    post_id: int
    by: Person


def migrate() -> None:
    """An empty database with Himpun's tables, kinds of office and holidays."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    seed_kinds()
    seed_national_calendar([clock.today().year, clock.today().year + 1])


def bare_procedure() -> str:
    """The text of the ten steps without what they do beyond moving on."""
    text = resources.files("himpun.procedures").joinpath("pengumpulan_data_kinerja.toml").read_text()
    return re.sub(r"^(does|runs) = .*\n", "", text, flags=re.MULTILINE)


def sample_office() -> Office:
    """Kecamatan Contoh with the bare procedure in force."""
    migrate()
    publish_shared(text=bare_procedure(), in_force_from=clock.today().replace(month=1, day=1))
    return load(read_office("examples/kecamatan-contoh"))


PARTS = [*(f"{month:02}" for month in range(1, 13)), *(f"TW{quarter}" for quarter in range(1, 5)), "S1", "S2"]
"""Parts of a year that a cycle may be about."""


class Cycles:
    """Starts cycles in one office and says what waits in them; each has a month of its own, as open cycles must."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.starter = self.holder(Post.objects.get(office=office, role="kasubbag-umum"))
        self.holders = {post.pk: self.holder(post) for post in Post.objects.filter(office=office)}
        self.running: list[Cycle] = []

    @staticmethod
    def holder(post: Post) -> Person:
        return Holding.objects.filter(post=post, kind="definitif").select_related("person").latest("since").person

    def start(self, count: int) -> None:
        this = clock.today().year
        periods = [f"{year}-{part}" for part in PARTS for year in range(this - 14, this + 2)][:count]
        self.running = [
            actions.start_cycle(office=self.office, key=SOP, period=period, by=self.starter) for period in periods
        ]

    def waiting(self) -> list[Waiting]:
        found = Task.objects.filter(cycle__in=[cycle.pk for cycle in self.running], decided_at__isnull=True)
        return [
            Waiting(task.pk, task.cycle_id, task.step_no, task.visit, task.post_id, self.holders[task.post_id])
            for task in found
        ]
