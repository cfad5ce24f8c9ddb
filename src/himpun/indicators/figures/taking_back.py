"""Taking one import back as a whole, while nothing builds on it: every value is again what it was before.

Nothing is deleted: the import's figures stay in the history of their places and no longer count, the earlier ones count
again, and the journal says who took it back, why, and which rows changed. What was frozen, answered, imported or
corrected since builds on it; then it is refused, and the refusal names that.
"""

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from himpun import clock
from himpun.archive.journal import act
from himpun.errors import Conflict, FieldErrors, NotAllowed
from himpun.indicators.figures.places import Place, place_of
from himpun.indicators.figures.standing import Said
from himpun.indicators.figures.taking import earlier_of, give_back, versions_at, withdrawn_sources
from himpun.indicators.models.figures import Correction, Figure, FigureImport, ImportTakenBack
from himpun.indicators.models.recaps import RecapLine
from himpun.indicators.models.requests import DataRequest
from himpun.measure.periods import Period
from himpun.offices.acting import Actor, acting_in, capacities
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_IMPORT_ALL_FIGURES

NAMED = 3
"""So many of a kind of thing that builds on an import are named."""


class NotOfYours(NotAllowed):
    """Somebody who could not have brought this import wants to take it back."""

    code = "bukan-impor-anda"

    def __init__(self) -> None:
        super().__init__(
            "Impor ini memuat angka unit lain. Yang dapat menariknya: pengumpul data kantor, atau pemangku jabatan unit itu."
        )


class BuiltUpon(Conflict):
    """Something was done with the figures of an import since."""

    code = "impor-sudah-dipakai"

    def __init__(self, built: tuple[str, ...]) -> None:
        super().__init__(f"Impor ini tidak dapat ditarik lagi: {'; '.join(built)}. Betulkan angkanya satu per satu.")
        self.built = built


class GivenBack(NamedTuple):
    """One figure of an import and what counts in its place afterwards (None: nothing)."""

    figure: Figure
    earlier: Figure | None


@dataclass(frozen=True, slots=True)
class TakingBack:
    """What taking an import back would do. `built`: what builds on it, each as a phrase; then nothing is done."""

    figures: tuple[GivenBack, ...]
    built: tuple[str, ...]


def taking_back(imported: FigureImport) -> TakingBack:
    """What would change, figure by figure, and what stands in the way."""
    source = f"import:{imported.pk}"
    brought = list(
        Figure.objects.filter(office_id=imported.office_id, source=source)
        .select_related("variable__indicator", "unit")
        .order_by("pk")
    )
    by_place: dict[Place, list[Figure]] = {}
    for figure in versions_at({place_of(figure) for figure in brought}):
        by_place.setdefault(place_of(figure), []).append(figure)
    gone = {source} | withdrawn_sources(figure for versions in by_place.values() for figure in versions)
    said = Said(set(by_place))
    found = []
    for figure in brought:
        place = place_of(figure)
        earlier = earlier_of(by_place[place], gone)
        found.append(GivenBack(figure, None if earlier and said.takes_back(place, earlier) else earlier))
    return TakingBack(tuple(found), _built_on(imported, brought, by_place))


def _built_on(imported: FigureImport, brought: list[Figure], by_place: dict[Place, list[Figure]]) -> tuple[str, ...]:
    if ImportTakenBack.objects.filter(figure_import=imported).exists():
        return ("sudah pernah ditarik",)
    frozen = [figure for figure in brought if figure.frozen]
    later = Counter(
        _newer(figure, by_place[place_of(figure)]) for figure in brought if not figure.current and not figure.frozen
    )
    return (*_frozen(imported, frozen), *_later(later))


def _newer(figure: Figure, versions: list[Figure]) -> str:
    """The source of what replaced a figure; "" where it was taken away by an answer of nihil."""
    return next((one.source for one in reversed(versions) if one.pk > figure.pk), "")


def _frozen(imported: FigureImport, frozen: list[Figure]) -> list[str]:
    if not frozen:
        return []
    periods = {figure.period.code for figure in frozen}
    lines = RecapLine.objects.filter(recap__office=imported.office_id, frozen__periode__in=periods)
    recaps = dict.fromkeys(lines.order_by("recap_id").values_list("recap__period", "recap__round"))
    names = [f"{Period.parse(str(code)).label} putaran {number}" for code, number in recaps]
    return [f"{len(frozen)} angkanya sudah dibekukan dalam rekap {_some(names)}".rstrip()]


def _later(later: Counter[str]) -> list[str]:
    keys: dict[str, set[int]] = {"request": set(), "import": set(), "correction": set()}
    for source in later:
        kind, _, key = source.partition(":")
        keys.setdefault(kind, set()).add(int(key or 0))
    found = []
    for one in DataRequest.objects.filter(pk__in=keys["request"]).select_related("unit"):
        count = later[f"request:{one.pk}"]
        found.append(f"{count} angka diganti isian {one.unit.title} untuk {Period.parse(one.period).label}")
    for other in FigureImport.objects.filter(pk__in=keys["import"]):
        found.append(f"{later[f'import:{other.pk}']} angka diganti impor “{other.name}” sesudahnya")
    corrected = Correction.objects.filter(pk__in=keys["correction"]).count()
    if corrected:
        found.append(f"{corrected} angka sudah dikoreksi")
    if later[""]:
        found.append(f"{later['']} angka sudah dinyatakan nihil atau dikosongkan oleh unitnya")
    return found


def _some(names: list[str]) -> str:
    more = f" dan {len(names) - NAMED} lagi" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def check_may_take_back(imported: FigureImport, by: Person) -> Actor:
    """Who could have brought it may take it back. Raises HoldsNoPost or NotOfYours."""
    day = imported.office.today()
    actor = acting_in(by, imported.office_id, day, roles=None, to="menarik impor")
    mine = [one for one in capacities(by, day) if one.office_id == imported.office_id]
    if whole := next((one for one in mine if one.role in MAY_IMPORT_ALL_FIGURES), None):
        return whole
    figures = Figure.objects.filter(office_id=imported.office_id, source=f"import:{imported.pk}")
    if figures.exclude(unit__in=[one.post_id for one in mine]).exists():
        raise NotOfYours
    return actor


def take_back(*, import_id: int, reason: str, by: Person) -> ImportTakenBack:
    """Let an import's figures no longer count. Raises HoldsNoPost, NotOfYours, FieldErrors ("reason") or BuiltUpon."""
    imported = FigureImport.objects.select_related("office").get(pk=import_id)
    actor = check_may_take_back(imported, by)
    reason = reason.strip()
    if not reason:
        raise FieldErrors({"reason": "Tulis mengapa impor ini ditarik."})
    with act(imported.office.code, at=clock.now(), author=actor.author) as turn:
        plan = taking_back(imported)
        if plan.built:
            raise BuiltUpon(plan.built)
        restored, emptied = give_back([place_of(one.figure) for one in plan.figures], gone={f"import:{imported.pk}"})
        row = ImportTakenBack.objects.create(
            figure_import=imported,
            reason=reason,
            restored=restored,
            emptied=emptied,
            at=turn.at,
            by=actor.name,
            title=actor.title,
        )
        turn.record(
            "indicators:figures:taken_back",
            f"import:{imported.pk}",
            {"name": imported.name, "reason": reason, "restored": restored, "emptied": emptied},
        )
    return row
