"""The office's scales of categories."""

from collections.abc import Sequence

from himpun import clock
from himpun.archive.journal import act
from himpun.errors import FieldErrors
from himpun.indicators.dictionary.saving import editor
from himpun.indicators.measured.office_year import read_scale
from himpun.indicators.models.dictionary import Scale
from himpun.indicators.models.recaps import Recap
from himpun.measure.scoring.bounds import Row as ScaleRow
from himpun.measure.scoring.bounds import levels_of, read_rows
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person
from himpun.typed import Complaints, Text, is_blank, line


def save_scale(
    *,
    office: Office,
    name: str,
    year: int,
    rows: Sequence[ScaleRow],
    by: Person,
    scale: Scale | None = None,
    source: str = "",
    reason: str = "",
) -> Scale:
    """Create or change a scale. Raises HoldsNoPost, ScaleRefused with the fault at its bound, or FieldErrors.

    Changing the levels of a scale that indicators in use are judged by needs a reason; frozen recaps keep the words
    they were frozen with.
    """
    author = editor(by, office)
    name = line(name)
    wrong = Complaints()
    wrong.text("name", name, 100, missing="Tulis nama skala, paling banyak 100 huruf.")
    wrong.year("year", year)
    wrong.text("source", source, Text.NAME)
    wrong.text("reason", reason, Text.REASON)
    taken = Scale.objects.filter(office=office, name=name, year=year)
    if (taken.exclude(pk=scale.pk) if scale else taken).exists():
        wrong["name"] = f"Skala “{name}” sudah ada pada tahun {year}. Pakai nama lain, atau ubah yang itu."
    levels = levels_of(read_rows(rows))
    wrong.refuse()
    with act(office.code, at=clock.now(), author=author) as turn:
        before = Scale.objects.filter(pk=scale.pk, office=office).first() if scale else None
        if before is not None and (before.levels, before.name, before.source) == (levels, name, source.strip()):
            return before
        if before is not None and before.levels != levels and is_in_use(before) and is_blank(reason):
            raise FieldErrors({"reason": "Skala ini sudah dipakai menilai capaian. Tulis alasan perubahannya."})
        saved = before or Scale(office=office, year=year)
        old = before.levels if before else []
        saved.name, saved.levels, saved.source = name, levels, source.strip()
        saved.save()
        data = {"name": name, "year": saved.year, "old": old, "new": levels, "reason": reason.strip()}
        turn.record("indicators:scale:saved", f"scale:{saved.pk}", data)
    return saved


def is_in_use(scale: Scale) -> bool:
    """Whether something was already judged by this scale: a used indicator of its own, or a recap of its year."""
    if scale.indicators.filter(used_at__isnull=False).exists():
        return True
    return scale.default and Recap.objects.filter(office=scale.office_id, period__startswith=str(scale.year)).exists()


def set_default_scale(*, scale: Scale, by: Person) -> Scale:
    """Make this the office's scale of its year: for every indicator that names no scale of its own. Raises HoldsNoPost."""
    author = editor(by, scale.office)
    with act(scale.office.code, at=clock.now(), author=author) as turn:
        same = Scale.objects.filter(office=scale.office, year=scale.year, default=True)
        before = same.first()
        if before is None or before.pk != scale.pk:
            same.update(default=False)
            Scale.objects.filter(pk=scale.pk).update(default=True)
            data = {"name": scale.name, "year": scale.year, "old": before.name if before else ""}
            turn.record("indicators:scale:default", f"scale:{scale.pk}", data)
    scale.refresh_from_db()
    return scale


def rule_of(scale: Scale) -> str:
    """The rule of a stored scale, as it is printed."""
    return read_scale(scale.levels).rule_text()
