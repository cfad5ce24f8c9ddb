"""The API in words: every operation with its scope, parameters and an example, for the page /api/ and the reference page.

Made from the OpenAPI document, so that neither can say what the API does not do.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from himpun.api.dictionary import FIELDS
from himpun.api.door import ROOT
from himpun.api.operations import document
from himpun.api.rules import SCOPES
from himpun.indicators.dictionary.definition import LABELS

_SCOPE = re.compile(r" *Cakupan: (?P<scope>apa saja|[a-z:]+)(?P<also>[^.]*)\.")
_JSON, _CSV = "Content-Type: application/json", "Content-Type: text/csv"
_ROW = (
    '{"indikator": "IKU-01", "variabel": "desa_baik", "unit": "kasi-pemerintahan", "periode": "2026-TW3", "nilai": 6}'
)
_PARTS = {
    "variabel": "Daftar variabel; yang tidak disebut dihapus.",
    "pemeriksaan": "Daftar syarat angka; yang tidak disebut dihapus.",
    "target": "Daftar indikator, periode, dan target.",
}
EXAMPLES: Mapping[tuple[str, str], tuple[str, tuple[str, ...], str]] = {
    ("get", "/kantor"): ("", (), ""),
    ("get", "/indikator"): ("?tahun=2026", (), ""),
    ("get", "/indikator/{kode}"): ("?tahun=2026", (), ""),
    ("put", "/indikator/{kode}"): (
        "",
        (_JSON,),
        '{"tahun": 2026, "sumber_data": "Laporan desa", "alasan_perubahan": "Sumbernya diganti sejak Juli"}',
    ),
    ("get", "/target"): ("?tahun=2026", (), ""),
    ("put", "/target"): (
        "",
        (_JSON,),
        '{"tahun": 2026, "target": [{"indikator": "IKU-01", "periode": "2026-TW3", "target": "77"}]}',
    ),
    ("get", "/angka"): ("?periode=2026-TW3&unsur=IKU-01", (), ""),
    ("post", "/angka"): ("?dryRun=true", (_JSON,), f'{{"rows": [{_ROW}]}}'),
    ("get", "/angka/dataValueSets"): ("?periode=2026-TW3&bentuk=csv", (), ""),
    ("post", "/angka/dataValueSets"): (
        "",
        (_JSON,),
        '{"dataValues": [{"dataElement": "IKU-01.desa_baik", "orgUnit": "kasi-pemerintahan", "period": "2026Q3", "value": "6"}]}',
    ),
    ("get", "/angka/adx"): ("?periode=2026-TW3", (), ""),
    ("post", "/angka/adx"): (
        "",
        ("Content-Type: application/adx+xml",),
        '<adx xmlns="urn:ihe:qrph:adx:2015"><group orgUnit="kasi-pemerintahan" period="2026-07-01/P3M">'
        '<dataValue dataElement="IKU-01.desa_baik" value="6"/></group></adx>',
    ),
    ("get", "/rekap"): ("?periode=2026-TW3", (), ""),
}
"""Method and path → query, headers and body of the example."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something asked for in an address."""

    name: str
    required: bool
    text: str


@dataclass(frozen=True, slots=True)
class Described:
    """One operation as people read it. `scope` is "" where any token will do."""

    method: str
    path: str
    group: str
    title: str
    text: str
    scope: str
    parameters: tuple[Parameter, ...]
    media: tuple[str, ...]
    fields: tuple[Parameter, ...]
    refusals: tuple[str, ...]
    example: str

    @property
    def plain_text(self) -> str:
        """The text without its Markdown."""
        return self.text.replace("`", "")

    @property
    def anchor(self) -> str:
        """Its name in an address of a page."""
        return f"{self.method.lower()}{self.path.replace('/', '-').replace('{', '').replace('}', '')}".lower()


def described(base: str) -> list[Described]:
    """Every operation in the order of the document. `base` is this installation's address, "https://…"."""
    whole = document()
    return [
        _described(base, whole, path.removeprefix(ROOT.rstrip("/")), method, one)
        for path, methods in whole["paths"].items()
        for method, one in methods.items()
    ]


def _described(base: str, whole: Mapping[str, Any], path: str, method: str, one: Mapping[str, Any]) -> Described:
    text = " ".join(one.get("description", "").split())
    found = _SCOPE.search(text)
    scope = found["scope"] if found and found["scope"] in SCOPES else ""
    content = one.get("requestBody", {}).get("content", {})
    return Described(
        method.upper(),
        path,
        one["tags"][0],
        one["summary"],
        _SCOPE.sub("", text).strip()
        + (f" Perlu{found['also'].removeprefix(', dan')}." if found and found["also"] else ""),
        scope,
        tuple(map(_parameter, one["parameters"])),
        tuple(content),
        tuple(_fields(whole, content.get("application/json", {}).get("schema", {}))),
        tuple(str(status) for status in sorted(one["responses"]) if int(status) >= 400),
        example(base, method, path),
    )


def _parameter(given: Mapping[str, Any]) -> Parameter:
    return Parameter(given["name"], given["required"], given.get("description", ""))


def _fields(whole: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Parameter]:
    """The fields of a JSON body that has a schema of its own."""
    name = schema.get("$ref", "").rpartition("/")[2]
    if not name:
        return
    body = whole["components"]["schemas"][name]
    needed = body.get("required", [])
    for field, about in body["properties"].items():
        text = about.get("description", "") or LABELS.get(FIELDS.get(field, ""), _PARTS.get(field, ""))
        yield Parameter(field, field in needed, text)


def example(base: str, method: str, path: str) -> str:
    """A call with curl."""
    query, headers, body = EXAMPLES[method, path]
    address = f"{base}{ROOT.rstrip('/')}{path.replace('{kode}', 'IKU-01')}{query}"
    lines = [f'curl -H "Authorization: Bearer $TOKEN" "{address}"']
    if method != "get":
        lines[0] = f'curl -X {method.upper()} -H "Authorization: Bearer $TOKEN" "{address}"'
    lines += [f'  -H "{header}"' for header in headers]
    lines += [f"  -d '{body}'"] if body else []
    return " \\\n".join(lines)


# --- the reference page ----------------------------------------------------------------------------------------------


def page() -> str:
    """docs/reference/api.md."""
    return "\n".join([*_head(), *(line for one in described("$HIMPUN") for line in _section(one))])


def _head() -> Iterator[str]:
    yield from ["# API", "", "Dibuat oleh `python -m scripts.docs --write`; jangan disunting.", ""]
    yield "Kamus indikator, target, angka, dan rekap satu kantor, untuk program lain. Naskah lengkap untuk mesin:"
    yield f"`{ROOT}openapi.json` (OpenAPI 3.1). Cara mengirim angka: [kirim angka](../how-to/kirim-angka.md)."
    yield ""
    yield "Setiap permintaan membawa token: `Authorization: Bearer himpun_…`. Token dibuat seseorang di Akun › Token API,"
    yield "berlaku untuk satu kantor dan paling lama setahun, ditampilkan sekali, dan tidak pernah memberi lebih daripada"
    yield "jabatan pemiliknya hari itu. Penolakan selalu berupa JSON: `code`, `message`, dan `fields` bila ada isian yang salah."
    yield from ["", "| cakupan | arti |", "|---|---|"]
    yield from (f"| `{scope}` | {meaning} |" for scope, meaning in SCOPES.items())
    yield ""


def _section(one: Described) -> Iterator[str]:
    yield from [f"## {one.method} {one.path}", "", f"{one.title}. {one.text}".rstrip(), ""]
    yield f"Cakupan: {f'`{one.scope}`' if one.scope else 'token apa saja'}." + (
        f" Isi: {', '.join(f'`{media}`' for media in one.media)}." if one.media else ""
    )
    yield f"Penolakan: {', '.join(one.refusals)}."
    yield ""
    for heading, rows in (("parameter", one.parameters), ("isian JSON", one.fields)):
        if rows:
            yield from [f"| {heading} | wajib | arti |", "|---|---|---|"]
            yield from (f"| `{row.name}` | {'ya' if row.required else ''} | {row.text} |" for row in rows)
            yield ""
    yield from ["```sh", one.example, "```", ""]
