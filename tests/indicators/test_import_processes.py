"""Imports in real processes: killed in the middle they leave all or nothing; two at once lose nothing."""

import signal
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.scratch import Processes, scratch_database

pytestmark = pytest.mark.processes

OFFICE = """
import os
os.environ.setdefault("HIMPUN_DEBUG", "1")
from tests.cast import found_office
found_office("kec-kecil", units=2)
"""
IMPORT = """
from himpun.indicators.figures.importing import FigureRow, import_figures
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person
def bring(first, last, name):
    office = Office.objects.get(code="kec-kecil")
    rows = [FigureRow(no, f"{{code}}.{{kind}}", "", f"{{year}}-{{month:02}}", str(no % 97))
            for no, (year, month, code, kind) in enumerate(
                ((year, month, code, kind) for year in range(first, last) for month in range(1, 13)
                 for code in ("IKU-01", "IKU-02") for kind in ("pembilang", "penyebut")), 2)]
    return import_figures(office=office, rows=rows, name=name, format="csv", content=name.encode(), by=Person.objects.get(username="kec-kecil.jabatan-4"))
print(bring({first}, {last}, "{name}").sentence)
"""
COUNT = """
from himpun.indicators.models.figures import Figure, FigureImport
print(Figure.objects.count(), Figure.objects.filter(current=True).count(), FigureImport.objects.count())
"""
YEARS = """
from himpun.indicators.models.dictionary import Indicator, Variable
for indicator in list(Indicator.objects.filter(year=2026)):
    variables = list(indicator.variables.all())
    for year in range(1900, 2026):
        indicator.pk, indicator.year = None, year
        indicator.save()
        for variable in variables:
            variable.pk, variable.indicator, variable.element = None, indicator, None
            variable.save()
"""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Processes]:
    """A small office with its dictionary for more than a century, in a database of its own."""
    with scratch_database(tmp_path) as database, closing(Processes(tmp_path, database)) as made:
        made.python(OFFICE + YEARS)
        yield made


def test_an_import_killed_at_any_moment_leaves_all_or_nothing(office: Processes) -> None:
    script = office.folder / "impor.py"
    script.write_text("import django; django.setup()\n" + IMPORT.format(first=1900, last=2026, name="besar.csv"))
    whole = 126 * 12 * 4
    found = []
    for pause in (0.6, 1.0, 1.3, 1.6, 2.0):
        process = office.start("tests.run_file", str(script))
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        process.wait()
        figures, current, imports = (int(number) for number in office.python(COUNT).split())
        found.append(figures)
        assert figures in (0, whole)
        assert (current, imports) == (figures, 1 if figures else 0)

    said = office.python(IMPORT.format(first=1900, last=2026, name="besar.csv"))

    assert "0 berubah" in said
    assert office.python(COUNT) == f"{whole} {whole} 1"
    assert "True" in office.python("from himpun.archive.verify import verify; print(verify().faults == [])")


def test_two_imports_at_once_lose_nothing(office: Processes) -> None:
    scripts = []
    for no, (first, last) in enumerate(((1900, 1980), (1950, 2026))):
        script = office.folder / f"impor-{no}.py"
        script.write_text("import django; django.setup()\n" + IMPORT.format(first=first, last=last, name=f"{no}.csv"))
        scripts.append(script)

    processes = [office.start("tests.run_file", str(script)) for script in scripts]

    assert [process.wait() for process in processes] == [0, 0]
    figures, current, _ = (int(number) for number in office.python(COUNT).split())
    assert current == 126 * 12 * 4
    assert figures >= current
    assert "True" in office.python("from himpun.archive.verify import verify; print(verify().faults == [])")
