"""Figures by the million: importing them beside the bare database, recaps over them, and scoring.

The floor of an import is the same rows staged and merged by the bare driver into a bare table with the same keys: COPY
and one merge on PostgreSQL, executemany with an upsert on SQLite; no reading, checking, journal or versions.
The national picture is generated in the database: every office's figures of every month, by one INSERT … SELECT.
"""

import time
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import connection, transaction

from bench import office
from himpun.indicators.figures.importing import FigureRow, import_figures
from himpun.indicators.figures.taking import ensure_elements
from himpun.indicators.models.dictionary import Indicator, Variable
from himpun.indicators.models.figures import Figure
from himpun.measure.periods import Period
from himpun.measure.scoring.achievement import achievement
from himpun.measure.scoring.year import over_year
from himpun.offices.models.holdings import Holding
from himpun.offices.models.offices import Office, OfficeKind, Post
from himpun.offices.models.people import Person
from himpun.reports.recap.recap import element_sums, recap_of

YEARS = range(2001, 2026)
MONTHS = 12
_state: dict[str, Any] = {}


def prepare(rows: int) -> int:
    """An office with as many units and monthly indicators as make `rows` figures over twenty-five years."""
    office.migrate()
    of, person = _founded("bench-impor")
    units, codes = 10, max(1, rows // (10 * len(YEARS) * MONTHS))
    posts = [Post.objects.create(office=of, code=f"unit-{no}", title=f"Seksi {no}", role="unit") for no in range(units)]
    made = Indicator.objects.bulk_create(
        _indicator(of, posts[0], f"IKU-{no}", year) for year in YEARS for no in range(codes)
    )
    through = Indicator.contributors.through
    through.objects.bulk_create(
        [through(indicator_id=one.pk, post_id=post.pk) for one in made for post in posts[1:]], batch_size=5000
    )
    Variable.objects.bulk_create(Variable(indicator=one, name="nilai", label="Nilai", kind="nilai") for one in made)
    ensure_elements(Variable.objects.select_related("indicator"))
    _state.update(office=of, person=person, posts=posts, codes=codes)
    return len(_rows(0))


def _founded(code: str) -> tuple[Office, Person]:
    kind, _ = OfficeKind.objects.get_or_create(code="kecamatan", defaults={"name": "Kecamatan", "unit_word": "Seksi"})
    of = Office.objects.create(code=code, name=code, kind=kind, government="Contoh", city="Contoh")
    person = Person.objects.create(username=code, name="Analis")
    post = Post.objects.create(office=of, code="analis", title="Analis", role="analis")
    Holding.objects.create(post=post, person=person, since=datetime(2000, 1, 1, tzinfo=UTC).date())
    return of, person


def _indicator(of: Office, owner: Post, code: str, year: int) -> Indicator:
    named = {
        "name": f"Indikator {code}",
        "sasaran": "Sasaran",
        "unit": "kali",
        "frequency": "bulanan",
        "aggregation": "jumlah",
    }
    return Indicator(office=of, owner=owner, code=code, year=year, **named)


def _rows(shift: int) -> list[FigureRow]:
    units = [post.code for post in _state["posts"]]
    return [
        FigureRow(0, f"IKU-{no}", unit, f"{year}-{month:02d}", str((no * 7 + month + year + shift) % 1000))
        for year in YEARS
        for month in range(1, MONTHS + 1)
        for no in range(_state["codes"])
        for unit in units
    ]


def take(shift: int) -> dict[str, float]:
    """Rows a second of one validated, journaled import; `shift` makes every figure another than before."""
    rows = [row._replace(row=place) for place, row in enumerate(_rows(shift), 2)]
    begun = time.perf_counter()
    report = import_figures(
        office=_state["office"],
        rows=rows,
        name="bench.csv",
        format="csv",
        content=str(shift).encode(),
        by=_state["person"],
    )
    seconds = time.perf_counter() - begun
    assert report.applied, report.wrong[:3]
    return {
        "rows": len(rows),
        "rate": len(rows) / seconds,
        "added": report.taken.added,
        "changed": report.taken.changed,
        "same": report.taken.same,
    }


def floor(shift: int) -> float:
    """Rows a second of the same figures merged by the bare driver into a bare table with the same key."""
    rows = [
        (1, int(element[4:]), place % 10, int(period[:4]), int(period[5:]), 1, value)
        for place, (_, element, _, period, value) in enumerate(_rows(shift))
    ]
    columns = "office_id, element_id, unit_id, year, month, months, number"
    postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE IF NOT EXISTS bare_figure (office_id bigint, element_id bigint, unit_id bigint, year smallint, "
            f"month smallint, months smallint, number {'numeric(30,8)' if postgres else 'decimal'}, "
            "UNIQUE (unit_id, element_id, year, month, months))"
        )
    begun = time.perf_counter()
    merge = "ON CONFLICT (unit_id, element_id, year, month, months) DO UPDATE SET number = excluded.number"
    with transaction.atomic(), connection.cursor() as cursor:
        if postgres:
            cursor.execute("CREATE TEMPORARY TABLE staged (LIKE bare_figure) ON COMMIT DROP")
            with cursor.copy(f"COPY staged ({columns}) FROM STDIN") as copy:
                for start in range(0, len(rows), 5000):
                    copy.write("".join("\t".join(map(str, row)) + "\n" for row in rows[start : start + 5000]))
            cursor.execute(f"INSERT INTO bare_figure SELECT * FROM staged {merge}")
        else:
            cursor.connection.cursor().executemany(
                f"INSERT INTO bare_figure ({columns}) VALUES (?,?,?,?,?,?,?) {merge}", rows
            )
    return len(rows) / (time.perf_counter() - begun)


def score() -> dict[str, float]:
    """Capaian computed a second, formula text included: one target and realisasi, and a year of twelve months."""
    one = _rate(lambda no: achievement(Decimal(80), Fraction(no, 9), "positif"))
    months = {index: Decimal(10) for index in range(1, 13)}
    year = _rate(
        lambda no: over_year(months, {index: Fraction(no + index, 7) for index in months}, "positif", "jumlah")
    )
    return {"one": one, "year": year}


def _rate(work: Any) -> float:
    begun, done = time.perf_counter(), 0
    while time.perf_counter() - begun < 2:
        for _ in range(50):
            done += 1
            work(done)
    return done / (time.perf_counter() - begun)


def nation(offices: int, indicators: int, months: int) -> dict[str, float]:
    """Generate the country: every office's figures of the last `months` months, one unit and variable an indicator."""
    of, _ = _founded("bench-nasional")
    owner = of.posts.get()
    years = range(2026 - months // 12, 2026)
    made = Indicator.objects.bulk_create(
        _indicator(of, owner, f"NAS-{no}", year) for year in years for no in range(indicators)
    )
    Variable.objects.bulk_create(Variable(indicator=one, name="nilai", label="Nilai", kind="nilai") for one in made)
    variables = Variable.objects.filter(indicator__in=made).select_related("indicator")
    ensure_elements(variables)
    kind = of.kind_id
    Office.objects.bulk_create(
        [
            Office(code=f"kec-{no}", name=f"Kecamatan {no}", kind_id=kind, government="Contoh", city="Contoh")
            for no in range(offices - 1)
        ],
        batch_size=1000,
    )
    of_country = list(Office.objects.filter(code__startswith="kec-"))
    Post.objects.bulk_create(
        [Post(office=one, code="unit", title="Seksi", role="unit") for one in of_country], batch_size=1000
    )
    begun = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(_NATION, ["import:0", datetime(2026, 1, 1, tzinfo=UTC), "bench", of.pk])
        rows = cursor.rowcount
        if connection.vendor == "postgresql":
            connection.connection.commit()
            cursor.execute("VACUUM ANALYZE indicators_figure")
        else:
            cursor.execute("ANALYZE")
    _state.update(country_office=of_country[0], sample=made)
    return {"rows": rows, "seconds": time.perf_counter() - begun}


_NATION = """INSERT INTO indicators_figure (office_id, variable_id, element_id, unit_id, year, month, months, number, text,
    version, current, frozen, source, at, by)
    WITH RECURSIVE month(no) AS (SELECT 1 UNION ALL SELECT no + 1 FROM month WHERE no < 12)
    SELECT p.office_id, v.id, v.element_id, p.id, i.year, m.no, 1, (p.id * 31 + v.element_id * 7 + m.no) %% 1000, '', 1, TRUE,
    TRUE, %s, %s, %s FROM offices_post p JOIN offices_office o ON o.id = p.office_id AND o.code LIKE 'kec-%%'
    CROSS JOIN indicators_variable v JOIN indicators_indicator i ON i.id = v.indicator_id AND i.office_id = %s
    CROSS JOIN month m WHERE p.role = 'unit'"""


def recap(times: int = 7) -> dict[str, float]:
    """Milliseconds of the national recap of a year (element × quarter), beside the bare aggregate of the same rows."""
    bare = "SELECT month, element_id, COUNT(number), SUM(number) FROM indicators_figure WHERE current AND year = 2025 AND months = 1 GROUP BY month, element_id"
    found = element_sums(2025)
    with connection.cursor() as cursor:
        cursor.execute(bare)
        counted = sum(row[2] for row in cursor.fetchall())
    assert sum(each.figures for each in found) == counted
    return {
        "himpun": _best(lambda: element_sums(2025), times),
        "bare": _best(lambda: _fetched(bare), times),
        "figures": counted,
    }


def one_office(times: int = 7) -> float:
    """Milliseconds of one office's recap of a year with thirty monthly indicators, among all the others."""
    of = _state.get("country_office")
    assert of is not None
    if not of.indicators.exists():
        owner = of.posts.get()
        made = Indicator.objects.bulk_create(_indicator(of, owner, f"NAS-{no}", 2025) for no in range(30))
        Variable.objects.bulk_create(Variable(indicator=one, name="nilai", label="Nilai", kind="nilai") for one in made)
        ensure_elements(Variable.objects.filter(indicator__in=made).select_related("indicator"))
    found = recap_of(of, Period.parse("2025"))
    assert len(found.rows) == 30
    assert all(row.measured.actual is not None for row in found.rows)
    return _best(lambda: recap_of(of, Period.parse("2025")), times)


def _fetched(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.fetchall()


def _best(work: Any, times: int) -> float:
    seconds = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return sorted(seconds)[len(seconds) // 2] * 1000


def close() -> None:
    """Every figure taken in is there once."""
    assert Figure.objects.current().filter(office=_state["office"]).count() == len(_rows(0))
