"""Rekap for programs: the live recap of the token's office or one below it."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router

from himpun.api import rules
from himpun.api.door import REFUSALS, NotHere, access_of
from himpun.api.schemas import RecapOut
from himpun.measure.periods import Period
from himpun.reports.queries import offices_from
from himpun.reports.recap.export import as_data
from himpun.reports.recap.recap import recap_of

router = Router()


@router.get("/rekap", response={200: RecapOut, **REFUSALS}, summary="Rekap capaian satu periode", tags=["Rekap"])
def recap(
    request: HttpRequest,
    periode: Annotated[str, Query(max_length=10, description="Kode periode, mis. 2026-TW3.")],
    kantor: Annotated[str, Query(max_length=64, description="Kode kantor; bawaan kantor token.")] = "",
) -> dict[str, Any]:
    """Target, realisasi, capaian, rumus, dan pohon angkanya, seperti halaman rekap berjalan. Cakupan: rekap:baca."""
    access = access_of(request, rules.READ_RECAPS)
    office = access.office
    if kantor and kantor != office.code:
        found = offices_from(access.office).filter(code=kantor).first()
        if found is None:
            raise NotHere(f"Kantor “{kantor}” tidak ada, atau bukan kantor di bawah {access.office.name}.")
        office = found
    return as_data(recap_of(office, Period.parse(periode)))
