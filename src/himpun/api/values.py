"""Angka for programs: current figures out, many figures in, also in the forms of DHIS2 and ADX."""

from collections.abc import Iterable
from datetime import UTC
from typing import Annotated, Any

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from himpun import clock
from himpun.api import rules
from himpun.api.actions import Access, codes_of
from himpun.api.bulk import FORMS, point_of, take_message
from himpun.api.door import REFUSALS, NotHere, access_of, media_of
from himpun.api.forms import adx, dhis2
from himpun.api.forms.messages import DataValue, plain_number
from himpun.api.schemas import Failure, FigurePage, ImportSummary, ReportOut, ReportRefused
from himpun.errors import Refusal
from himpun.indicators.figures.importing import Report
from himpun.indicators.models.figures import Figure
from himpun.measure.periods import Period
from himpun.offices.rules import MAY_SEE_ALL_VALUES

router = Router()
OWN_MEDIA = {"application/json": "json", "text/csv": "csv", "application/csv": "csv"}
DHIS2_MEDIA = {
    "application/json": "dhis2-json",
    "text/csv": "dhis2-csv",
    "application/csv": "dhis2-csv",
    "application/xml": "dhis2-xml",
    "text/xml": "dhis2-xml",
}
ADX_MEDIA = {adx.MEDIA: "adx", "application/xml": "adx", "text/xml": "adx"}
MOST_OUT = 50_000
DryRun = Annotated[bool, Query(alias="dryRun", description="Periksa saja; tidak ada yang diubah.")]
OnlyGood = Annotated[bool, Query(alias="hanyaBenar", description="Ambil baris yang benar walau ada baris yang salah.")]
FromPeriod = Annotated[str, Query(max_length=10, description="Periode yang berakhir sejak awal periode ini.")]
UntilPeriod = Annotated[str, Query(max_length=10, description="Periode yang berakhir sampai akhir periode ini.")]
UnitCode = Annotated[str, Query(max_length=120, description="Kode jabatan unit.")]
ElementCode = Annotated[
    str, Query(max_length=120, description="IKU-01.desa_baik, atau IKU-01 untuk semua variabelnya.")
]
TheirUnit = Annotated[str, Query(max_length=120, description="Kode unit, di sana atau di sini.")]
TheirElement = Annotated[str, Query(max_length=120, description="Kode unsur, di sana atau di sini.")]
PeriodCode = Annotated[str, Query(max_length=10, description="Kode periode, mis. 2026-TW3.")]


class TooManyFigures(Refusal):
    """More figures than are handed out at once."""

    code = "terlalu-banyak"

    def __init__(self) -> None:
        super().__init__("Lebih dari 50.000 angka. Persempit dengan periode, unit, atau unsur.")


# --- out -------------------------------------------------------------------------------------------------------------


@router.get("/angka", response={200: FigurePage, **REFUSALS}, summary="Angka yang berlaku", tags=["Angka"])
def figures(
    request: HttpRequest,
    periode: PeriodCode = "",
    unit: UnitCode = "",
    unsur: ElementCode = "",
    dari: FromPeriod = "",
    sampai: UntilPeriod = "",
    setelah: Annotated[int, Query(ge=0, le=2**62, description="Nomor terakhir halaman sebelumnya.")] = 0,
    batas: Annotated[int, Query(ge=1, le=1000, description="Baris sehalaman.")] = 200,
) -> dict[str, object]:
    """Angka terkini yang boleh dilihat pemilik token, urut nomor. `unsur` boleh kode indikator saja; `dari` dan `sampai`
    menurut bulan terakhir periode. Cakupan: angka:baca."""
    access = access_of(request, rules.READ_FIGURES)
    rows = _wanted(access, periode, unit, unsur, dari, sampai).filter(pk__gt=setelah)
    shown = list(rows[: batas + 1])
    more = len(shown) > batas
    shown = shown[:batas]
    return {"rows": [_out(one) for one in shown], "berikutnya": shown[-1].pk if more else None}


def _wanted(access: Access, period: str, unit: str, element: str, since: str, until: str) -> QuerySet[Figure]:
    rows = Figure.objects.current().filter(office=access.office)
    if not access.has(MAY_SEE_ALL_VALUES):
        rows = rows.filter(unit__in=[actor.post_id for actor in access.here])
    if period:
        rows = rows.of(Period.parse(period))
    if unit:
        rows = rows.filter(unit__code=unit)
    if element:
        rows = rows.filter(Q(element__code=element) | Q(element__code__startswith=f"{element}."))
    moment = F("year") * 12 + F("month")
    if since:
        first = Period.parse(since)
        rows = rows.annotate(begun=moment).filter(begun__gte=first.year * 12 + first.first_month)
    if until:
        last = Period.parse(until)
        rows = rows.annotate(ended=moment).filter(ended__lte=last.year * 12 + last.last_month)
    return rows.select_related("element", "unit").order_by("pk")


def _out(one: Figure) -> dict[str, object]:
    indicator, _, variable = one.element.code.rpartition(".")
    return {
        "id": one.pk,
        "indikator": indicator,
        "variabel": variable,
        "unit": one.unit.code,
        "periode": one.period.code,
        "nilai": _value(one),
        "versi": one.version,
        "beku": one.frozen,
        "sumber": one.source,
        "pada": one.at.isoformat(),
        "oleh": one.by,
    }


def _value(one: Figure) -> str:
    return one.text if one.number is None else plain_number(one.number)


def _handed_out(access: Access, system: str, period: str, unit: str, element: str) -> list[DataValue]:
    codes = codes_of(access.office, system)
    own_unit = codes.own_unit(unit) if unit else ""
    own_element = codes.own_element(element) if element else ""
    rows = list(_wanted(access, period, own_unit, own_element, "", "")[: MOST_OUT + 1])
    if len(rows) > MOST_OUT:
        raise TooManyFigures
    return [
        DataValue(codes.foreign_element(one.element.code), codes.foreign_unit(one.unit.code), one.period, _value(one))
        for one in rows
    ]


_WRITERS = {
    "json": ("application/json", dhis2.write_json),
    "csv": ("text/csv; charset=utf-8", dhis2.write_csv),
    "xml": ("application/xml", dhis2.write_xml),
}


def _content(*media: str) -> dict[str, Any]:
    text = {"schema": {"type": "string"}}
    objects = {"schema": {"type": "object"}}
    return {one: objects if one.endswith("json") else text for one in media}


def _body(*media: str) -> dict[str, Any]:
    return {"required": True, "content": _content(*media)}


@router.get(
    "/angka/dataValueSets",
    summary="Angka dalam bentuk DHIS2",
    tags=["DHIS2 dan ADX"],
    response=REFUSALS,
    openapi_extra={
        "responses": {
            200: {
                "description": "dataValueSets",
                "content": _content("application/json", "text/csv", "application/xml"),
            }
        }
    },
)
def data_value_sets(
    request: HttpRequest,
    periode: PeriodCode = "",
    unit: TheirUnit = "",
    unsur: TheirElement = "",
    bentuk: Annotated[str, Query(description="json, csv, atau xml")] = "json",
) -> HttpResponse:
    """Kode memakai pemetaan kode DHIS2 kantor ini. Yang keluar dapat dikirim masuk lagi. Cakupan: angka:baca."""
    access = access_of(request, rules.READ_FIGURES)
    if bentuk not in _WRITERS:
        raise NotHere("Bentuk yang ada: json, csv, xml.")
    media, write = _WRITERS[bentuk]
    values = _handed_out(access, dhis2.SYSTEM, periode, unit, unsur)
    return HttpResponse(write(values, codes_of(access.office, dhis2.SYSTEM).foreign_wholes()), content_type=media)


@router.get(
    "/angka/adx",
    summary="Angka dalam bentuk ADX",
    tags=["DHIS2 dan ADX"],
    response=REFUSALS,
    openapi_extra={"responses": {200: {"description": "ADX", "content": _content(adx.MEDIA)}}},
)
def adx_out(
    request: HttpRequest,
    periode: PeriodCode = "",
    unit: TheirUnit = "",
    unsur: TheirElement = "",
) -> HttpResponse:
    """Kode memakai pemetaan kode ADX kantor ini. Yang keluar dapat dikirim masuk lagi. Cakupan: angka:baca."""
    access = access_of(request, rules.READ_FIGURES)
    values = _handed_out(access, adx.SYSTEM, periode, unit, unsur)
    return HttpResponse(adx.write(values, exported=clock.now().astimezone(UTC)), content_type=adx.MEDIA)


# --- in --------------------------------------------------------------------------------------------------------------


@router.post(
    "/angka",
    response={200: ReportOut, **REFUSALS, 422: ReportRefused | Failure},
    summary="Kirim banyak angka",
    tags=["Angka"],
    openapi_extra={"requestBody": _body("application/json", "text/csv")},
)
def post_figures(
    request: HttpRequest,
    dry_run: DryRun = False,
    only_good: OnlyGood = False,
    desimal: Annotated[str, Query(description="titik (bawaan JSON) atau koma (bawaan CSV)")] = "",
) -> Status[Any]:
    """JSON `{"rows": [{"indikator", "variabel", "unit", "periode", "nilai"}]}` atau CSV dengan kolom yang sama. Semua diambil
    atau tidak satu pun; mengirim yang sama lagi tidak mengubah apa pun. Cakupan: angka:tulis."""
    access = access_of(request, rules.WRITE_FIGURES)
    form = FORMS[media_of(request, OWN_MEDIA)]
    report = _take(access, request, form.name, dry_run, only_good, point=point_of(form, desimal))
    told = told_as_json(report)
    if report.applied or report.dry_run:
        return Status(200, told)
    return Status(422, {"code": "angka-salah", "message": report.sentence, **told})


@router.post(
    "/angka/dataValueSets",
    response={200: ImportSummary, **REFUSALS, 409: ImportSummary | Failure},
    summary="Kirim angka dalam bentuk DHIS2",
    tags=["DHIS2 dan ADX"],
    openapi_extra={"requestBody": _body("application/json", "text/csv", "application/xml")},
)
def post_data_value_sets(request: HttpRequest, dry_run: DryRun = False, only_good: OnlyGood = False) -> Status[Any]:
    """dataValueSets dalam JSON, CSV, atau XML menurut Content-Type. Cakupan: angka:tulis."""
    access = access_of(request, rules.WRITE_FIGURES)
    return _summarised(_take(access, request, media_of(request, DHIS2_MEDIA), dry_run, only_good))


@router.post(
    "/angka/adx",
    response={200: ImportSummary, **REFUSALS, 409: ImportSummary | Failure},
    summary="Kirim angka dalam bentuk ADX",
    tags=["DHIS2 dan ADX"],
    openapi_extra={"requestBody": _body(adx.MEDIA, "application/xml")},
)
def post_adx(request: HttpRequest, dry_run: DryRun = False, only_good: OnlyGood = False) -> Status[Any]:
    """Pesan ADX (urn:ihe:qrph:adx:2015). Cakupan: angka:tulis."""
    access = access_of(request, rules.WRITE_FIGURES)
    return _summarised(_take(access, request, media_of(request, ADX_MEDIA), dry_run, only_good))


def _take(
    access: Access, request: HttpRequest, form: str, dry_run: bool, only_good: bool, *, point: bool = True
) -> Report:
    return take_message(
        office=access.office,
        form=FORMS[form],
        content=request.body,
        name=f"API: {access.token.name}",
        by=access.person,
        dry_run=dry_run,
        only_good=only_good,
        point=point,
    )


def told_as_json(report: Report) -> dict[str, Any]:
    """A report as the API and the command line tell it."""
    return {
        "kalimat": report.sentence,
        "baris": report.rows,
        "baru": report.taken.added,
        "berubah": report.taken.changed,
        "tetap": report.taken.same,
        "salah": report.wrong_count,
        "diterapkan": report.applied,
        "coba_saja": report.dry_run,
        "impor": report.import_id,
        "hasil": [{"baris": one.row, "status": one.status, "pesan": one.message} for one in report.results],
        "tidak_dibaca": list(report.passed),
        "kesalahan": [
            {"baris": one.row, "kolom": one.column, "nilai": one.value, "sebab": one.cause} for one in report.wrong
        ],
    }


def _summarised(report: Report) -> Status[Any]:
    done = report.applied or (report.dry_run and not report.wrong_count)
    status = (
        "SUCCESS" if done and not report.wrong_count else "WARNING" if report.applied or report.dry_run else "ERROR"
    )
    taken = report.taken
    told = {
        "status": status,
        "description": report.sentence,
        "importCount": {
            "imported": taken.added,
            "updated": taken.changed,
            "ignored": report.rows - taken.added - taken.changed,
            "deleted": 0,
        },
        "conflicts": list(_conflicts(report)),
        "rows": [{"baris": one.row, "status": one.status, "pesan": one.message} for one in report.results],
    }
    return Status(409 if status == "ERROR" else 200, told)


def _conflicts(report: Report) -> Iterable[dict[str, str]]:
    for one in report.wrong:
        yield {"object": one.value or one.column, "value": f"Baris {one.row}, {one.column}: {one.cause}"}
