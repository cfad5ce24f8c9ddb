"""Which version of a procedure is in force: read by cycles and by pages."""

from datetime import date

from django.db.models import Q

from himpun.errors import Refusal
from himpun.offices.models import Office
from himpun.procedures.models import ProcedureVersion


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
