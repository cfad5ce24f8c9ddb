"""Posts and units that are opened and closed: asked for nothing outside their days, kept in what was before."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from himpun.archive.models import Record
from himpun.archive.verify import verify
from himpun.commands.load_office import load
from himpun.cycles.actions import start_cycle
from himpun.cycles.steps import answers
from himpun.errors import FieldErrors, Refusal
from himpun.folders.reading import read_office
from himpun.indicators.models.dictionary import Indicator
from himpun.indicators.models.recaps import Recap
from himpun.indicators.models.requests import DataRequest
from himpun.indicators.requests.asking import NothingDue
from himpun.measure.periods import Period
from himpun.offices.actions.posts import PostInUse, change_post
from himpun.offices.holdings.terms import Terms, refuse_wrong_terms
from himpun.offices.models.holdings import Holding
from himpun.offices.models.offices import Post
from himpun.reports.recap.recap import recap_of
from tests.cast import MECHANISM, MONDAY, PERIOD, Cast, by_hand
from tests.web.test_pages import screen
from tests.web.test_reports import text

pytestmark = pytest.mark.django_db
SEPTEMBER, OCTOBER = date(2026, 9, 30), date(2026, 10, 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the sample office's files that may be spoilt."""
    return Path(shutil.copytree("examples/kecamatan-contoh", tmp_path / "kantor"))


def fields_of(post: Post, **changed: Any) -> dict[str, Any]:
    names = ("title", "role", "parent", "unit_code", "order", "since", "until")
    return {**{name: getattr(post, name) for name in names}, **changed}


def written(post: Post, **days: Any) -> None:
    """Days written straight to the row, as an earlier act left them."""
    with by_hand():
        Post.objects.filter(pk=post.pk).update(**days)


def ended(post: Post, until: date) -> None:
    with by_hand():
        Holding.objects.filter(post=post).update(until=until)


@pytest.fixture
def unit(small: Cast) -> Post:
    """The second unit, below the Sekretaris."""
    post = small.post_of_unit(1)
    with by_hand():
        Post.objects.filter(office=small.office, role="unit").update(parent=small.post("sekretaris"))
    post.refresh_from_db()
    return post


def asked(cast: Cast, period: str = PERIOD) -> list[str]:
    """Whose request a new run prepares."""
    cycle = start_cycle(office=cast.office, key=MECHANISM, period=period, by=cast.kasubbag)
    cast.to_collecting(cycle)
    return [request.unit.title for request in cast.requests(cycle)]


# --- asking -----------------------------------------------------------------------------------------------------------


def test_a_closed_unit_is_asked_nothing_and_awaited_by_nobody(small: Cast, unit: Post) -> None:
    ended(unit, SEPTEMBER)
    change_post(post=unit, fields=fields_of(unit, until=SEPTEMBER), by=small.umum)

    assert asked(small) == ["Kepala Seksi 1"]
    assert verify().faults == []


def test_a_unit_is_asked_on_its_last_day_and_from_the_day_it_opened(small: Cast, unit: Post) -> None:
    written(unit, until=MONDAY.date())
    assert asked(small) == ["Kepala Seksi 1", "Kepala Seksi 2"]


@pytest.mark.parametrize(("since", "expected"), [(OCTOBER, False), (SEPTEMBER, True), (date(2027, 1, 1), False)])
def test_a_unit_opened_after_a_period_is_not_asked_about_it(
    small: Cast, unit: Post, since: date, expected: bool
) -> None:
    written(unit, since=since)

    assert ("Kepala Seksi 2" in asked(small)) is expected


def test_where_nobody_is_left_to_ask_the_run_says_so(small: Cast, unit: Post) -> None:
    for no in (0, 1):
        written(small.post_of_unit(no), until=SEPTEMBER)
    with pytest.raises(NothingDue):
        asked(small)


def test_what_it_did_stays_in_the_recaps_of_its_time_and_is_not_missed_later(small: Cast, unit: Post) -> None:
    cycle = start_cycle(office=small.office, key=MECHANISM, period=PERIOD, by=small.kasubbag)
    small.run_mechanism(cycle)
    written(unit, until=MONDAY.date())

    def codes(period: str) -> list[str]:
        return [row.indicator.code for row in recap_of(small.office, Period.parse(period)).rows]

    assert codes(PERIOD) == ["IKU-01", "IKU-02"]
    assert codes("2026-11") == ["IKU-01"]
    assert Recap.objects.get(origin=cycle.subject).lines.count() == 2


def test_a_closed_post_is_no_choice_of_a_disposition_and_gets_no_document(small: Cast, unit: Post) -> None:
    written(unit, until=SEPTEMBER)
    cycle = small.start()

    page = text(screen(small.kepala).get(f"/siklus/{cycle.pk}/"))
    assert "Kepala Seksi 1" in page
    assert f'name="to" value="{unit.pk}"' not in page
    small.decide(cycle, "disposisi", instructions=["proses"], note="Segera", to=[str(unit.pk)])
    disposition = cycle.letter.dispositions.get() if cycle.letter else None
    assert disposition is not None
    assert unit not in disposition.addressees.all()


# --- closing ----------------------------------------------------------------------------------------------------------


def test_a_unit_with_open_work_is_not_closed_today_and_may_be_later(small: Cast, unit: Post) -> None:
    cycle = start_cycle(office=small.office, key=MECHANISM, period=PERIOD, by=small.kasubbag)
    small.to_collecting(cycle)
    today = MONDAY.date()
    ended(unit, today)

    with pytest.raises(PostInUse, match="Masih ada 1 pekerjaan"):
        change_post(post=unit, fields=fields_of(unit, until=today), by=small.umum)
    ended(unit, date(2026, 10, 30))
    given = {name: str(value or "") for name, value in fields_of(unit).items()} | {"until": "30/10/2026"}
    page = screen(small.umum).post(
        f"/pengaturan/jabatan/{unit.pk}/", given | {"parent": str(unit.parent_id)}, follow=True
    )
    assert "Masih ada 1 pekerjaan yang menunggu jabatan ini; selesaikan sampai 30 Oktober 2026" in text(page)

    request = DataRequest.objects.get(origin=cycle.subject, unit=unit)
    answers.excuse_unit(request=request, reason="Unit digabung", by=small.umum)
    ended(unit, today)
    unit.refresh_from_db()
    assert change_post(post=unit, fields=fields_of(unit, until=today), by=small.umum).until == today
    record = Record.objects.filter(act="offices:post:changed").latest("pk")
    assert '"until"' in record.data


def test_who_holds_it_and_what_hangs_below_it_come_first(small: Cast, unit: Post) -> None:
    with pytest.raises(PostInUse, match="masih memangku jabatan ini"):
        change_post(post=unit, fields=fields_of(unit, until=SEPTEMBER), by=small.umum)
    ended(unit, SEPTEMBER)
    below = small.post_of_unit(0)
    written(below, parent=unit)
    with pytest.raises(PostInUse, match="Kepala Seksi 1 masih berada di bawah"):
        change_post(post=unit, fields=fields_of(unit, until=SEPTEMBER), by=small.umum)


@pytest.mark.parametrize(
    ("role", "days", "sentence"),
    [
        ("sekretaris", {"until": SEPTEMBER}, "memegang peran SOP"),
        ("analis", {"until": SEPTEMBER}, "memegang peran SOP"),
        ("unit", {"since": OCTOBER, "until": SEPTEMBER}, "tidak mendahului"),
    ],
)
def test_days_that_cannot_be_are_refused_at_their_field(
    small: Cast, unit: Post, role: str, days: dict[str, date], sentence: str
) -> None:
    post = unit if role == "unit" else small.post(role)
    with pytest.raises(FieldErrors) as refused:
        change_post(post=post, fields=fields_of(post, **days), by=small.umum)
    assert sentence in refused.value.fields["until"]


def test_only_who_manages_the_office_closes_a_post(small: Cast, unit: Post) -> None:
    ended(unit, SEPTEMBER)
    with pytest.raises(Refusal):
        change_post(post=unit, fields=fields_of(unit, until=SEPTEMBER), by=small.analis)


def test_the_settings_say_what_is_closed_and_do_not_ask_for_its_holder(small: Cast, unit: Post) -> None:
    ended(unit, SEPTEMBER)
    assert "Kepala Seksi 2 hari ini tidak ada pemangkunya" in text(screen(small.umum).get("/pengaturan/"))
    written(unit, until=SEPTEMBER)

    page = text(screen(small.umum).get("/pengaturan/"))
    assert "ditutup sesudah 30 September 2026" in page
    assert "Kepala Seksi 2 hari ini tidak ada pemangkunya" not in page


# --- files ------------------------------------------------------------------------------------------------------------


def with_days(folder: Path, code: str, since: str, until: str) -> None:
    path = folder / "posts.csv"
    head, *rows = path.read_text().splitlines()
    lines = [
        f"{head},from,to",
        *(f"{row},{since},{until}" if row.startswith(f"{code},") else f"{row},," for row in rows),
    ]
    path.write_text("\n".join(lines) + "\n")


def test_the_files_of_an_office_say_when_a_post_opened_and_closed(folder: Path) -> None:
    units = [row.code for row in read_office(folder).posts if row.role == "unit"]
    with_days(folder, units[-1], "2020-01-01", "2026-09-30")

    office = load(read_office(folder))

    post = office.posts.get(code=units[-1])
    assert (post.since, post.until) == (date(2020, 1, 1), SEPTEMBER)
    assert office.posts.exclude(pk=post.pk).filter(until__isnull=False).count() == 0


@pytest.mark.parametrize(
    ("role", "since", "until", "cause"),
    [("analis", "", "2026-09-30", "memegang peran SOP"), ("unit", "2026-10-01", "2026-09-30", "mendahului")],
)
def test_days_in_the_files_that_cannot_be_are_refused_with_their_line(
    folder: Path,
    role: str,
    since: str,
    until: str,
    cause: str,
) -> None:
    code = next(row.code for row in read_office(folder).posts if row.role == role)
    with_days(folder, code, since, until)
    with pytest.raises(Refusal, match=cause):
        read_office(folder)


@pytest.mark.parametrize(
    ("since", "until", "wrong"),
    [
        (SEPTEMBER, None, {"until"}),
        (SEPTEMBER, date(2026, 12, 31), {"until"}),
        (date(2025, 12, 31), date(2026, 10, 15), {"since"}),
        (date(2026, 1, 1), date(2026, 10, 31), set()),
    ],
)
def test_nobody_holds_a_post_on_days_on_which_it_is_not_there(
    small: Cast, unit: Post, since: date, until: date | None, wrong: set[str]
) -> None:
    written(unit, since=date(2026, 1, 1), until=date(2026, 10, 31))
    unit.refresh_from_db()
    terms = Terms("Plt", since, until, "800/1/2026", None)
    try:
        refuse_wrong_terms(unit, small.analis, terms)
        refused: set[str] = set()
    except FieldErrors as error:
        refused = set(error.fields)

    assert refused == wrong


def test_a_closed_post_is_chosen_for_nothing_new_and_stays_where_it_was_chosen(small: Cast, unit: Post) -> None:
    here = small.office.posts
    day = small.office.today()
    assert unit in here.to_choose(day)

    written(unit, until=date(2026, 9, 30))

    assert unit not in here.to_choose(day)
    assert unit in here.to_choose(day, unit.code)
    assert unit in here.to_choose(day, str(unit.pk))
    assert f'value="{unit.code}"' not in screen(small.analis).get("/indikator/baru/?tahun=2026").content.decode()
    owned = Indicator.objects.filter(owner=unit).latest("pk")
    assert f'value="{unit.code}" selected' in screen(small.analis).get(f"/indikator/{owned.pk}/ubah/").content.decode()
