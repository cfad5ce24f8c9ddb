"""Taking figures in: new, changed, the same again; few and many alike; frozen ones refuse; nothing is overwritten."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from himpun import clock
from himpun.archive import files
from himpun.archive.comparing import differences
from himpun.archive.journal import SYSTEM, Turn, act
from himpun.archive.models import Record
from himpun.archive.seals import ROWS_WRITTEN, SEALED
from himpun.indicators.figures.places import element_of
from himpun.indicators.figures.taking import (
    MANY,
    Datum,
    FiguresFrozen,
    Taken,
    _take_few,
    _take_many,
    correct,
    ensure_elements,
    freeze_places,
    history_of,
    retire_places,
    take_in,
    withdraw,
)
from himpun.indicators.models.dictionary import Indicator, Variable
from himpun.indicators.models.figures import Correction, Figure
from himpun.indicators.models.requests import DataRequest, RequestLine
from tests.cast import PERIOD, Cast


@pytest.fixture
def variables(small: Cast) -> list[Variable]:
    """The four variables of the small office, with their elements."""
    found = list(Variable.objects.select_related("indicator").order_by("pk"))
    ensure_elements(found)
    return found


def datum(cast: Cast, variable: Variable, number: str | None, *, month: int = 9, text: str = "") -> Datum:
    unit = cast.post_of_unit(0).pk
    value = None if number is None else Decimal(number)
    return Datum(variable.pk, element_of(variable), unit, 2026, month, 3, value, text)


def take(cast: Cast, data: Sequence[Datum], *, source: str = "import:1") -> Taken:
    with act(cast.office.code, at=clock.now(), author=SYSTEM) as turn:
        return take_in(turn, office=cast.office, data=data, source=source, by="Analis")


def counting(cast: Cast) -> dict[tuple[int, int, int, int, int], tuple[Decimal | None, str, int]]:
    """What counts: place → number, text, version."""
    return {
        (f.unit_id, f.element_id, f.year, f.month, f.months): (f.number, f.text, f.version)
        for f in Figure.objects.current().filter(office=cast.office)
    }


def test_a_figure_comes_in_once_and_the_same_again_changes_nothing(small: Cast, variables: list[Variable]) -> None:
    row = datum(small, variables[0], "7")

    assert take(small, [row]) == Taken(added=1, changed=0, same=0)
    assert take(small, [row]) == Taken(added=0, changed=0, same=1)
    assert Figure.objects.count() == 1


def test_another_number_is_a_new_version_and_the_old_one_stays(small: Cast, variables: list[Variable]) -> None:
    take(small, [datum(small, variables[0], "7")])

    assert take(small, [datum(small, variables[0], "8,5".replace(",", "."))]) == Taken(0, 1, 0)

    old, new = Figure.objects.order_by("version")
    assert (old.number, old.current, old.version) == (7, False, 1)
    assert (new.number, new.current, new.version) == (Decimal("8.5"), True, 2)
    assert history_of(new) == [new, old]


def freeze(cast: Cast, variable: Variable, number: str) -> Figure:
    """A figure that is frozen."""
    take(cast, [datum(cast, variable, number)])
    freeze_places([datum(cast, variable, number).place])
    return Figure.objects.current().get(element=variable.element_id)


@pytest.mark.parametrize("others", [1, MANY])
def test_nothing_that_is_taken_in_replaces_a_frozen_figure(small: Cast, variables: list[Variable], others: int) -> None:
    freeze(small, variables[0], "7")
    beside = [
        datum(small, variables[1], "9", month=month)._replace(year=2000 + n)
        for n in range(others // 12 + 1)
        for month in range(1, 13)
    ]

    with pytest.raises(FiguresFrozen, match="Ajukan koreksi"):
        take(small, [datum(small, variables[0], "8"), *beside])

    assert [row[0] for row in counting(small).values()] == [7]
    assert take(small, [datum(small, variables[0], "7"), *beside]).same == 1


def test_an_approved_correction_is_a_frozen_version_of_its_own(small: Cast, variables: list[Variable]) -> None:
    figure = freeze(small, variables[0], "7")
    approved(small, figure)
    with act(small.office.code, at=clock.now(), author=SYSTEM) as turn:
        new = correct(turn, figure=figure, number=Decimal(8), text="", source="correction:1", by="Camat")
        again = correct(turn, figure=figure, number=Decimal(9), text="", source="correction:2", by="Camat")

    assert new is not None
    assert (new.frozen, new.version, again) == (True, 2, None)
    assert [row[0] for row in counting(small).values()] == [8]


def approved(cast: Cast, figure: Figure) -> None:
    Correction.objects.create(
        office=cast.office,
        figure=figure,
        old="7",
        new="8",
        reason="keliru",
        state=Correction.State.APPROVED,
        asked_at=clock.now(),
        decided_at=clock.now(),
        asked_person=cast.kepala,
    )


FORGED: list[dict[str, object]] = [
    {"number": 8},
    {"text": "A"},
    {"current": False},
    {"frozen": False},
    {"month": 6},
    {"source": "import:9"},
]


@pytest.mark.parametrize("change", FORGED)
def test_the_database_itself_refuses_to_change_a_frozen_figure(
    small: Cast, variables: list[Variable], change: dict[str, object]
) -> None:
    freeze(small, variables[0], "7")

    with pytest.raises(DatabaseError, match="sudah dibekukan"), transaction.atomic():
        Figure.objects.update(**change)

    assert [row[0] for row in counting(small).values()] == [7]


def test_the_database_refuses_to_delete_a_frozen_figure_and_to_let_an_old_one_count_again(
    small: Cast, variables: list[Variable]
) -> None:
    figure = freeze(small, variables[0], "7")
    take(small, [datum(small, variables[1], "9")])
    with pytest.raises(DatabaseError, match="sudah dibekukan"), transaction.atomic():
        Figure.objects.filter(pk=figure.pk).delete()

    approved(small, figure)
    Figure.objects.filter(pk=figure.pk).update(current=False)
    with pytest.raises(DatabaseError, match="sudah dibekukan"), transaction.atomic():
        Figure.objects.filter(pk=figure.pk).update(current=True)
    Figure.objects.exclude(pk=figure.pk).delete()
    assert Figure.objects.count() == 1


def request_of(cast: Cast, **fields: object) -> DataRequest:
    """A request of the first unit, with the lines of its indicator."""
    asked = DataRequest.objects.create(
        office=cast.office, unit=cast.post_of_unit(0), period=PERIOD, origin="uji", **fields
    )
    RequestLine.objects.create(request=asked, indicator=Indicator.objects.get(code="IKU-01"))
    return asked


def test_what_is_withdrawn_gives_way_to_what_counted_before(small: Cast, variables: list[Variable]) -> None:
    asked = request_of(small, withdrawn_at=clock.now())
    take(small, [datum(small, variables[0], "7")], source="import:1")
    take(small, [datum(small, variables[0], "8"), datum(small, variables[1], "9")], source=f"request:{asked.pk}")

    withdraw([asked])

    assert [(row[0], row[2]) for row in counting(small).values()] == [(7, 1)]
    assert Figure.objects.count() == 3


def test_what_was_withdrawn_earlier_does_not_come_back(small: Cast, variables: list[Variable]) -> None:
    first, second = request_of(small, withdrawn_at=clock.now()), request_of(small, round=2)
    take(small, [datum(small, variables[0], "7")], source=f"request:{first.pk}")
    withdraw([first])
    take(small, [datum(small, variables[0], "8")], source=f"request:{second.pk}")
    DataRequest.objects.filter(pk=second.pk).update(withdrawn_at=clock.now())

    withdraw([second])

    assert counting(small) == {}


def test_a_frozen_figure_is_not_withdrawn_and_not_retired(small: Cast, variables: list[Variable]) -> None:
    asked = request_of(small, withdrawn_at=clock.now())
    row = datum(small, variables[0], "7")
    take(small, [row], source=f"request:{asked.pk}")
    freeze_places([row.place])

    withdraw([asked])
    retire_places([row.place])

    assert [number for number, *_ in counting(small).values()] == [7]


def test_a_unit_that_says_nihil_leaves_its_figure_behind(small: Cast, variables: list[Variable]) -> None:
    row = datum(small, variables[0], "7")
    take(small, [row])

    retire_places([row.place], answers_only=True)
    assert len(counting(small)) == 1
    retire_places([row.place])

    assert counting(small) == {}
    assert Figure.objects.count() == 1


@pytest.mark.parametrize("others", [1, MANY])
def test_an_import_of_the_same_vouches_for_an_answer_that_may_be_withdrawn(
    small: Cast, variables: list[Variable], others: int
) -> None:
    asked = request_of(small)
    beside = [datum(small, variables[1], "9")._replace(year=1000 + year) for year in range(others)]
    take(small, [datum(small, variables[0], "7")], source=f"request:{asked.pk}")

    assert take(small, [datum(small, variables[0], "7"), *beside]) == Taken(others, 0, 1, vouched=1)
    assert take(small, [datum(small, variables[0], "7"), *beside]) == Taken(0, 0, others + 1)
    DataRequest.objects.filter(pk=asked.pk).update(withdrawn_at=clock.now())
    withdraw([asked])

    assert Figure.objects.current().get(element=variables[0].element_id).number == 7


NUMBERS = st.decimals(min_value=-99999, max_value=99999, places=3, allow_nan=False)
CELLS = st.dictionaries(
    st.tuples(st.integers(0, 3), st.sampled_from([3, 6, 9, 12])), NUMBERS | st.sampled_from(["BB", "A"]), max_size=12
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(batches=st.lists(CELLS, min_size=1, max_size=4))
def test_few_and_many_are_taken_in_alike(
    small: Cast, variables: list[Variable], batches: list[dict[tuple[int, int], Decimal | str]]
) -> None:
    told: dict[str, list[Taken]] = {"_take_few": [], "_take_many": []}
    kept = {}
    for way, take_in_this_way in (("_take_few", _take_few), ("_take_many", _take_many)):
        Figure.objects.all().delete()
        for no, batch in enumerate(batches):
            rows = [
                datum(small, variables[which], None, month=month, text=value)
                if isinstance(value, str)
                else datum(small, variables[which], str(value), month=month)
                for (which, month), value in batch.items()
            ]
            with act(small.office.code, at=clock.now(), author=SYSTEM) as turn:
                told[way].append(_way(take_in_this_way, turn, small, rows, f"import:{no}"))
        kept[way] = sorted(
            (f.unit_id, f.element_id, f.month, str(f.number), f.text, f.version, f.current, f.source)
            for f in Figure.objects.all()
        )

    assert told["_take_few"] == told["_take_many"]
    assert kept["_take_few"] == kept["_take_many"]


def _way(way: object, turn: Turn, cast: Cast, rows: list[Datum], source: str) -> Taken:
    assert callable(way)
    taken = way(turn, cast.office, rows, source, "Analis")
    assert isinstance(taken, Taken)
    return taken


@pytest.mark.parametrize("rows", [MANY - 1, MANY])
def test_figures_taken_in_few_or_many_are_sealed_one_by_one(small: Cast, variables: list[Variable], rows: int) -> None:
    kind = SEALED["indicators.figure"]
    data = [
        datum(small, variables[n % 2], f"{n}.5", month=3 * (n % 4 + 1))._replace(
            year=1900 + n // 8, months=(1, 3)[n // 4 % 2]
        )
        for n in range(rows)
    ]
    take(small, data)
    take(small, [row._replace(number=Decimal(1)) for row in data], source="import:2")
    assert list(differences(kinds=[kind])) == []

    with connection.cursor() as cursor:
        cursor.execute("UPDATE indicators_figure SET number = 96 WHERE id = (SELECT MAX(id) FROM indicators_figure)")
        cursor.execute(
            "UPDATE indicators_figure SET current = FALSE WHERE id = (SELECT MAX(id) - 1 FROM indicators_figure)"
        )
        cursor.execute("DELETE FROM indicators_figure WHERE id = (SELECT MIN(id) FROM indicators_figure)")
    inactive, number, gone = differences(kinds=[kind])

    assert "(current)" in inactive
    assert "di tabel “96”, di jurnal “1”" in number
    assert "hilang dari tabel" in gone


def test_a_list_of_sealed_rows_that_was_taken_away_is_named(small: Cast, variables: list[Variable]) -> None:
    take(small, [datum(small, variables[0], "1")._replace(year=1500 + n) for n in range(MANY)])
    listed = Record.objects.get(act=ROWS_WRITTEN, data__contains='"bulk"').file_sha256
    files.file_of(listed).unlink()

    assert f"Daftar baris {listed}" in next(differences(kinds=[]))
