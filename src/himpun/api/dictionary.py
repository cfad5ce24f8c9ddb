"""Kantor, indikator and target for programs."""

from collections.abc import Mapping
from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router

from himpun.api import rules
from himpun.api.actions import save_targets
from himpun.api.door import REFUSALS, NotHere, access_of
from himpun.api.schemas import (
    HereOut,
    IndicatorIn,
    IndicatorOut,
    IndicatorPage,
    SavedOut,
    TargetList,
    TargetsIn,
    TargetsSaved,
)
from himpun.errors import FieldErrors
from himpun.indicators.dictionary.definition import Row
from himpun.indicators.dictionary.differences import as_typed
from himpun.indicators.dictionary.saving import Saved, definition_of, marker_of, save_indicator, with_parts
from himpun.indicators.models.dictionary import Indicator, Target
from himpun.offices.models.offices import Office
from himpun.reports.queries import offices_from
from himpun.typed import YEARS

router = Router()
FIELDS = {
    "nama": "name",
    "sasaran": "sasaran",
    "definisi_operasional": "definition",
    "manfaat": "rationale",
    "rumus": "formula",
    "satuan": "unit",
    "polaritas": "polarity",
    "agregasi": "aggregation",
    "sumber_data": "source",
    "penanggung_jawab": "owner",
    "unit_lain": "contributors",
    "frekuensi": "frequency",
    "bukti_wajib": "evidence_required",
    "target_renstra": "renstra_target",
    "standar_nasional": "national_standard",
    "nilai_predikat": "grades",
    "batas_capaian": "cap",
    "desimal": "places",
    "lonjakan": "jump_percent",
    "skala": "scale",
    "urutan": "order",
}
"""Name in the API → field of the definition."""
VARIABLE = {
    "nama": "name",
    "uraian": "label",
    "satuan": "unit",
    "jenis": "kind",
    "paling_kecil": "minimum",
    "paling_besar": "maximum",
    "bulat": "whole",
    "sifat": "quantity",
    "wajib": "required",
}
CHECK = {"syarat": "condition", "kalimat": "sentence", "menahan": "blocks"}
PER_PAGE = 50
Code = Annotated[str, Path(description="Kode indikator, mis. IKU-01.")]
WantedYear = Annotated[int, Query(ge=YEARS.start, le=YEARS[-1], description="Tahun, mis. 2026.")]


# --- kantor ----------------------------------------------------------------------------------------------------------


@router.get("/kantor", response={200: HereOut, **REFUSALS}, summary="Kantor, unit, dan token ini", tags=["Kantor"])
def office(request: HttpRequest) -> dict[str, object]:
    """Kantor tempat token berlaku, kode unitnya, dan kantor di bawahnya. Cakupan: apa saja."""
    access = access_of(request)
    posts = access.office.posts.all()
    return {
        "kantor": _named(access.office),
        "unit": [{"kode": post.code, "nama": post.title, "peran": post.role} for post in posts],
        "di_bawahnya": [_named(one) for one in offices_from(access.office).exclude(pk=access.office.pk)],
        "token": {
            "nama": access.token.name,
            "pemilik": access.person.name,
            "jabatan": [actor.title for actor in access.here],
            "cakupan": access.token.scopes,
            "berlaku_sampai": access.token.expires.isoformat(),
        },
    }


def _named(one: Office) -> dict[str, str]:
    return {"kode": one.code, "nama": one.name}


# --- indikator -------------------------------------------------------------------------------------------------------


@router.get("/indikator", response={200: IndicatorPage, **REFUSALS}, summary="Daftar indikator", tags=["Kamus"])
def indicators(
    request: HttpRequest,
    tahun: Annotated[int | None, Query(ge=YEARS.start, le=YEARS[-1], description="Tahun; bawaan semua tahun.")] = None,
    kode: Annotated[str, Query(max_length=40, description="Awal kode.")] = "",
    hal: Annotated[int, Query(ge=1, le=100_000, description="Halaman, dari 1.")] = 1,
) -> dict[str, object]:
    """Indikator yang berlaku, lima puluh sehalaman. Cakupan: kamus:baca."""
    access = access_of(request, rules.READ_DICTIONARY)
    rows = Indicator.objects.current().filter(office=access.office).order_by("year", "order", "code")
    rows = rows.filter(year=tahun) if tahun else rows
    rows = rows.filter(code__startswith=kode) if kode else rows
    count = rows.count()
    shown = with_parts(rows[(hal - 1) * PER_PAGE : hal * PER_PAGE])
    pages = max(1, -(-count // PER_PAGE))
    return {"jumlah": count, "hal": hal, "halaman": pages, "butir": [_out(one) for one in shown]}


@router.get(
    "/indikator/{kode}", response={200: IndicatorOut, **REFUSALS}, summary="Satu kartu indikator", tags=["Kamus"]
)
def indicator(request: HttpRequest, kode: Code, tahun: WantedYear) -> dict[str, object]:
    """Kartu indikator dengan variabel, pemeriksaan, dan targetnya. Cakupan: kamus:baca."""
    access = access_of(request, rules.READ_DICTIONARY)
    return _out(_one(access.office, kode, tahun))


@router.put(
    "/indikator/{kode}",
    response={200: SavedOut, **REFUSALS},
    summary="Tambah atau ubah indikator",
    tags=["Kamus"],
)
def put_indicator(request: HttpRequest, kode: Code, given: IndicatorIn) -> dict[str, object]:
    """Isian yang tidak dikirim tetap. Definisi yang sudah dipakai menjadi versi baru dan perlu alasan. Mengirim yang sama
    lagi tidak mengubah apa pun. Cakupan: kamus:tulis, dan jabatan yang mengelola kamus."""
    access = access_of(request, rules.WRITE_DICTIONARY)
    typed = given.model_dump(exclude_none=True)
    try:
        saved = save_indicator(
            office=access.office,
            code=kode,
            year=given.tahun,
            fields={FIELDS[name]: text for name, text in typed.items() if name in FIELDS},
            variables=None if given.variabel is None else _rows(typed["variabel"], VARIABLE),
            checks=None if given.pemeriksaan is None else _rows(typed["pemeriksaan"], CHECK),
            targets=given.target,
            reason=given.alasan_perubahan,
            marker=given.penanda,
            by=access.person,
        )
    except FieldErrors as error:
        error.fields = {api_name(name): text for name, text in error.fields.items()}
        raise
    return _saved(saved)


def _saved(saved: Saved) -> dict[str, object]:
    fresh = with_parts(Indicator.objects.filter(pk=saved.indicator.pk))[0]
    return {
        "status": saved.status,
        "perubahan": [{"isian": one.label, "lama": one.old, "baru": one.new} for one in saved.found],
        "target_tidak_dihitung": dict(saved.notices),
        "indikator": _out(fresh),
    }


def _one(of: Office, code: str, year: int) -> Indicator:
    found = with_parts(Indicator.objects.current().filter(office=of, code=code, year=year))
    if not found:
        raise NotHere(f"Indikator {code[:40]} tidak ada pada tahun {year}.")
    return found[0]


def _rows(rows: list[Mapping[str, str]], names: Mapping[str, str]) -> list[Row]:
    return [{names[name]: text for name, text in row.items()} for row in rows]


def api_name(name: str) -> str:
    """A field of the definition as the API calls it: "variable-0-label" → "variabel.0.uraian"."""
    also = {"code": "kode", "year": "tahun", "reason": "alasan_perubahan"}
    also |= {field: given for given, field in FIELDS.items()}
    kind, _, rest = name.partition("-")
    if kind == "target":
        return f"target.{rest}"
    for prefix, told, names in (("variable", "variabel", VARIABLE), ("check", "pemeriksaan", CHECK)):
        if kind == prefix and rest:
            number, _, column = rest.partition("-")
            back = {field: given for given, field in names.items()}
            return ".".join(part for part in (told, number, back.get(column, column)) if part)
    return also.get(name, name)


def _out(one: Indicator) -> dict[str, object]:
    typed = as_typed(definition_of(one))
    return {
        "kode": one.code,
        "tahun": one.year,
        "versi": one.version,
        "beku_sejak": one.used_at.isoformat() if one.used_at else "",
        "penanda": marker_of(one),
        "isian": {name: typed.fields[field] for name, field in FIELDS.items()},
        "variabel": [{name: row[field] for name, field in VARIABLE.items()} for row in typed.variables],
        "pemeriksaan": [{name: row[field] for name, field in CHECK.items()} for row in typed.checks],
        "target": dict(typed.targets),
    }


# --- target ----------------------------------------------------------------------------------------------------------


@router.get("/target", response={200: TargetList, **REFUSALS}, summary="Target setahun", tags=["Target"])
def targets(
    request: HttpRequest,
    tahun: WantedYear,
    kode: Annotated[str, Query(max_length=40, description="Kode satu indikator.")] = "",
) -> dict[str, object]:
    """Semua target indikator yang berlaku pada tahun itu, atau satu indikator. Cakupan: target:baca."""
    access = access_of(request, rules.READ_TARGETS)
    there = Indicator.objects.current().filter(office=access.office, year=tahun)
    there = there.filter(code=kode) if kode else there
    rows = Target.objects.filter(indicator__in=there).order_by("indicator__order", "indicator__code", "period")
    shown = rows.values_list("indicator__code", "period", "value")
    return {
        "tahun": tahun,
        "target": [{"indikator": code, "periode": period, "target": value} for code, period, value in shown],
    }


@router.put("/target", response={200: TargetsSaved, **REFUSALS}, summary="Ubah target", tags=["Target"])
def put_targets(request: HttpRequest, given: TargetsIn) -> dict[str, object]:
    """Semua tersimpan atau tidak satu pun; yang tidak disebut tetap. Cakupan: target:tulis."""
    access = access_of(request, rules.WRITE_TARGETS)
    wanted: dict[str, dict[str, str]] = {}
    for row in given.target:
        wanted.setdefault(row.indikator, {})[row.periode] = row.target
    saved = save_targets(office=access.office, year=given.tahun, targets=wanted, by=access.person)
    return {"hasil": {one.indicator.code: one.status for one in saved}}
