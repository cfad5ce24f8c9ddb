"""The dictionary taken over to another year, and an indicator taken out."""

from dataclasses import replace

from himpun import clock
from himpun.archive.journal import act
from himpun.errors import FieldErrors
from himpun.indicators.dictionary.formulas import referred_by
from himpun.indicators.dictionary.saving import CopiesNothing, Rows, StillUsed, definition_of, editor, entries, write
from himpun.indicators.models.dictionary import Indicator, Scale
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person
from himpun.typed import YEARS


def copy_to_year(*, office: Office, from_year: int, to_year: int, by: Person) -> list[Indicator]:
    """Copy the definitions of a year that the other year does not have yet, with their scales, without targets.

    Raises HoldsNoPost or CopiesNothing.
    """
    author = editor(by, office)
    if to_year not in YEARS or from_year == to_year:
        raise FieldErrors({"to_year": "Tulis tahun tujuan yang lain, misalnya tahun berikutnya."})
    with act(office.code, at=clock.now(), author=author) as turn:
        there = set(Indicator.objects.current().filter(office=office, year=to_year).values_list("code", flat=True))
        missing = [one for one in entries(office, from_year) if one.code not in there]
        if not missing:
            raise CopiesNothing(
                f"Semua indikator tahun {from_year} sudah ada pada tahun {to_year}, atau tahun {from_year} belum punya indikator."
            )
        _copy_scales(office, from_year, to_year)
        rows = Rows.of(office)
        copies = []
        for one in missing:
            copy = Indicator(office=office, code=one.code, year=to_year, changed_by=author.person_name)
            write(copy, rows, replace(definition_of(one), year=to_year, targets=()))
            copies.append(copy)
        data = {"from_year": from_year, "to_year": to_year, "count": len(copies), "codes": [one.code for one in copies]}
        turn.record("indicators:dictionary:copied", f"dictionary:{to_year}", data)
    return copies


def _copy_scales(office: Office, from_year: int, to_year: int) -> None:
    there = Scale.objects.filter(office=office, year=to_year)
    names, has_default = set(there.values_list("name", flat=True)), there.filter(default=True).exists()
    Scale.objects.bulk_create(
        Scale(
            office=office,
            name=scale.name,
            year=to_year,
            levels=scale.levels,
            source=scale.source,
            default=scale.default and not has_default,
        )
        for scale in Scale.objects.filter(office=office, year=from_year)
        if scale.name not in names
    )


def remove_indicator(*, indicator: Indicator, by: Person) -> None:
    """Take away an indicator that was never used. Raises HoldsNoPost or StillUsed."""
    author = editor(by, indicator.office)
    with act(indicator.office.code, at=clock.now(), author=author) as turn:
        current = Indicator.objects.get(pk=indicator.pk)
        if current.used_at or current.version > 1 or current.superseded_at:
            raise StillUsed(
                f"Indikator {current.code} tahun {current.year} sudah dipakai mengumpulkan data, jadi tidak dapat dihapus. Buat versi baru bila definisinya berubah."
            )
        users = [
            one.code
            for one in entries(indicator.office, current.year)
            if current.code in referred_by(definition_of(one))
        ]
        if users := [code for code in users if code != current.code]:
            raise StillUsed(f"Indikator {current.code} masih dipakai rumus {', '.join(users)}. Ubah rumus itu dahulu.")
        data = {"code": current.code, "year": current.year, "name": current.name}
        current.delete()
        turn.record("indicators:indicator:removed", f"indicator:{current.code}:{current.year}", data)
