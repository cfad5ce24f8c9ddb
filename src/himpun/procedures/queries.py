"""Which version of a procedure is in force, and what a version says: read by cycles and by pages."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from himpun.errors import Refusal
from himpun.offices.models.offices import Office
from himpun.procedures.definition import Procedure
from himpun.procedures.models import ProcedureVersion

MOST_KEPT = 10_000
_kept: dict[int, Procedure] = {}


class NoProcedure(Refusal):
    """No version of this procedure is in force for the office."""

    code = "prosedur-tidak-ada"
    status = 404

    def __init__(self, key: str) -> None:
        super().__init__(
            f'Prosedur "{key}" belum diterbitkan atau belum berlaku. Terbitkan lewat halaman SOP atau `himpun publish-sop BERKAS`.'
        )


def version_in_force(key: str, office: Office, day: date) -> ProcedureVersion:
    """The newest version in force on `day`: the office's own before the shared one. Raises NoProcedure."""
    found = ProcedureVersion.objects.filter(
        Q(office=office) | Q(office__isnull=True), key=key, in_force_from__lte=day
    ).order_by("-number")
    own = [version for version in found if version.office_id == office.pk]
    if chosen := (own or list(found)):
        return chosen[0]
    raise NoProcedure(key)


def versions_in_force(office: Office, day: date) -> list[ProcedureVersion]:
    """Every procedure an office can start on `day`, each in its version in force, by name."""
    chosen: dict[str, ProcedureVersion] = {}
    rows = ProcedureVersion.objects.filter(Q(office=office) | Q(office__isnull=True), in_force_from__lte=day)
    for version in rows.order_by("key", "number"):
        kept = chosen.get(version.key)
        if kept is None or kept.office_id is None or version.office_id is not None:
            chosen[version.key] = version
    return sorted(chosen.values(), key=lambda version: version.name)


def procedure_of(version: int) -> Procedure:
    """The procedure of the version with this number. Raises KeyError where there is none."""
    return _kept.get(version) or procedures_of([version])[version]


def procedures_of(versions: Iterable[int]) -> dict[int, Procedure]:
    """The procedures of these versions, by version; a published version never changes, so each is read once."""
    asked = set(versions)
    known = {pk: _kept[pk] for pk in asked if pk in _kept}
    if missing := asked - known.keys():
        found = ProcedureVersion.objects.in_bulk(missing)
        if len(_kept) + len(found) > MOST_KEPT:
            _kept.clear()
        _kept.update({pk: version.definition for pk, version in found.items()})
        known |= {pk: _kept[pk] for pk in missing}
    return known


def forget() -> None:
    """Forget the definitions read (tests: other rows get the same numbers)."""
    _kept.clear()
