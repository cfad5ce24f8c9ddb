"""A signed paper never carries an address that nobody else can open, and a sample office's paper says what it is."""

from typing import Any

import pytest

from himpun.cycles.engine import OutputMissing
from himpun.documents.models import Document
from himpun.documents.parts import verification
from himpun.notifications.access_mail import link_of
from himpun.offices.access.links import give_link
from himpun.offices.models.offices import Office
from himpun.places import is_here_only
from tests.cast import MONDAY, Cast

HERE_ONLY = (
    "http://127.0.0.1:8000",
    "http://localhost",
    "http://[::1]:8000",
    "http://himpun.localhost",
    "http://0.0.0.0",
)


@pytest.mark.parametrize("address", HERE_ONLY)
def test_with_an_address_of_this_computer_alone_nothing_is_signed(small: Cast, settings: Any, address: str) -> None:
    cycle = small.to_signing()
    settings.BASE_URL = address

    with pytest.raises(OutputMissing, match="Pengaturan, Data kantor, bagian Alamat publik"):
        small.decide(cycle, "tanda tangan", sha256=small.sha(cycle))
    assert Document.objects.get(subject=cycle.subject, kind="data_kinerja").number == ""

    settings.BASE_URL = "http://192.168.1.10:8000"
    small.decide(cycle, "tanda tangan", sha256=small.sha(cycle))
    assert Document.objects.get(subject=cycle.subject, kind="data_kinerja").number


def test_an_office_with_an_address_of_its_own_signs_whatever_the_installation_has(small: Cast, settings: Any) -> None:
    settings.BASE_URL = HERE_ONLY[0]
    cycle = small.to_signing()
    Office.objects.filter(pk=small.office.pk).update(public_url="https://himpun.kantor.example")

    small.decide(cycle, "tanda tangan", sha256=small.sha(cycle))

    document = Document.objects.select_related("office").get(subject=cycle.subject, kind="data_kinerja")
    proof = verification(document, version="1")
    assert proof["url"] == f"https://himpun.kantor.example/v/{document.token}"


def test_a_link_to_come_in_by_is_under_the_address_of_the_persons_office(small: Cast) -> None:
    Office.objects.filter(pk=small.office.pk).update(public_url="https://himpun.kantor.example")

    assert link_of(give_link(small.kepala, MONDAY)).startswith("https://himpun.kantor.example/masuk/tautan/")


def test_a_sample_office_may_sign_anywhere(small: Cast, settings: Any) -> None:
    settings.BASE_URL = HERE_ONLY[0]
    cycle = small.to_signing()
    Office.objects.filter(pk=small.office.pk).update(synthetic=True)

    small.decide(cycle, "tanda tangan", sha256=small.sha(cycle))

    assert Document.objects.get(subject=cycle.subject, kind="data_kinerja").number


@pytest.mark.parametrize(
    "address", ["https://himpun.contoh.go.id", "http://192.168.1.10:8000", "http://komputer-camat:8000"]
)
def test_an_address_that_others_can_open_is_taken(address: str) -> None:
    assert not is_here_only(address)
