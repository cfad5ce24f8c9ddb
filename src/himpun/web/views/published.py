"""Periksa capaian terbit: a pasted or uploaded table, each figure computed again. Nothing is kept."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from himpun.errors import FieldErrors
from himpun.measure.numbers import write_percent
from himpun.measure.published.check import Checked, Verdict, changing_formulas, contradictions, counts
from himpun.measure.published.check import check as check_rows
from himpun.measure.published.table import RowsTorn, Table, TableNotFound, as_csv, read_table
from himpun.spreadsheets.book import BookRefused, Limits
from himpun.spreadsheets.reading import read_book
from himpun.web import downloads
from himpun.web.forms import Typed, attempt
from himpun.web.middleware import PersonRequest
from himpun.web.posting import posted_from

ROWS_LIMIT = 1000
"""Rows one page answers; `himpun check-capaian` has no such limit."""

UPLOAD_LIMITS = Limits(bytes=5_000_000, rows=20_000)

STATES = {
    Verdict.MATCHES: "state-tercapai",
    Verdict.WITHIN_ROUNDING: "state-mendekati",
    Verdict.DIFFERS: "state-terlambat",
    Verdict.WRONG_POLARITY: "state-mendekati",
    Verdict.NOT_COMPUTABLE: "state-berjalan",
    Verdict.NOT_PUBLISHED: "state-menunggu",
}
WORDS = {verdict: str(verdict).replace("-", " ") for verdict in Verdict}


@require_http_methods(["GET", "POST"])
def check(request: PersonRequest) -> HttpResponse:
    """Paste or upload a table and read, row by row, which formula gives the printed figure."""
    typed = Typed(request.POST)
    table = attempt(typed, lambda: _given_table(request)) if request.method == "POST" else None
    checked = check_rows(table.rows) if table else []
    context = {
        "typed": typed,
        "table": table,
        "checked": [(each, WORDS[each.verdict], STATES[each.verdict], _recomputed(each)) for each in checked],
        "summary": [(WORDS[verdict], STATES[verdict], number) for verdict, number in counts(checked).items()],
        "notes": [
            *changing_formulas(checked),
            *(contradictions(table.rows) if table else ()),
            *(table.notes if table else ()),
        ],
        "result": _result(checked),
    }
    return render(request, "published/check.html", context, status=422 if typed.errors or typed.error else 200)


@posted_from("published_check")
def download(request: PersonRequest) -> HttpResponse:
    """The result that stands on the page, given back as a file: it was never kept here."""
    content = "\r\n".join(request.POST.get("result", "").splitlines())
    return downloads.made(f"\ufeff{content}\r\n".encode(), "text/csv; charset=utf-8", "periksa-capaian.csv")


def _recomputed(checked: Checked) -> str:
    return "–" if checked.recomputed is None else write_percent(checked.recomputed)


def _result(checked: list[Checked]) -> str:
    return as_csv(checked) if checked else ""


def _given_table(request: PersonRequest) -> Table:
    """The uploaded file's table if there is a file, else the pasted one's. Raises FieldErrors."""
    upload, pasted = request.FILES.get("file"), request.POST.get("text", "")
    if upload is None and not pasted.strip():
        raise FieldErrors({"text": "Tempelkan tabel dari Excel di sini beserta judul kolomnya, atau pilih berkasnya."})
    field = "file" if upload is not None else "text"
    name = str(upload.name) if upload is not None else "tabel yang ditempel.csv"
    content = upload.read(UPLOAD_LIMITS.bytes + 1) if upload is not None else pasted.encode()
    try:
        table = read_table(read_book(name, content, UPLOAD_LIMITS), request.POST.get("sheet", "").strip())
    except (BookRefused, RowsTorn, TableNotFound) as refusal:
        raise FieldErrors({field: str(refusal)}) from refusal
    if len(table.rows) > ROWS_LIMIT:
        raise FieldErrors(
            {field: f"Tabelnya {len(table.rows)} baris; halaman ini paling banyak {ROWS_LIMIT}. Bagi tabelnya."}
        )
    return table
