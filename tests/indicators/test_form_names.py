"""A form whose sheets got other names is still the form: its seal says so."""

import io
import re
import zipfile

import pytest

from himpun.cycles.actions import start_cycle
from himpun.indicators.models.requests import DataRequest
from himpun.indicators.requests.form.reading import FormRefused, read_form
from himpun.indicators.requests.forms import form_of
from himpun.spreadsheets.reading import read_book
from tests.cast import MECHANISM, PERIOD, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(small: Cast) -> DataRequest:
    cycle = start_cycle(office=small.office, key=MECHANISM, period=PERIOD, by=small.kasubbag)
    small.to_collecting(cycle)
    return small.requests(cycle)[1]


def renamed(content: bytes, names: dict[str, str]) -> bytes:
    """The workbook with other names of its sheets."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as copy:
        for part in source.namelist():
            data = source.read(part)
            if part == "xl/workbook.xml":
                for old, new in names.items():
                    data = re.sub(f'<sheet name="{old}"'.encode(), f'<sheet name="{new}"'.encode(), data)
            copy.writestr(part, data)
    return target.getvalue()


@pytest.mark.parametrize(
    "names",
    [{"Isian": "Sheet1"}, {"Petunjuk": "Cara"}, {"_himpun": "Lembar3"}, {"Isian": "Petunjuk1", "_himpun": "Isian"}],
)
def test_a_form_is_known_by_its_seal_whatever_its_sheets_are_called(asked: DataRequest, names: dict[str, str]) -> None:
    form = form_of(asked)
    assert read_form(read_book("isian.xlsx", renamed(form, names))) == read_form(read_book("isian.xlsx", form))


def test_a_sheet_that_is_not_of_the_form_is_still_refused(asked: DataRequest) -> None:
    form = form_of(asked).replace(b"", b"")
    book = read_book("isian.xlsx", form)
    more = type(book)((*book.sheets, type(book.sheets[0])("Tambahan", (("x",),))), "xlsx")
    with pytest.raises(FormRefused, match="Tambahan"):
        read_form(more)
