"""Forms that come by mail: laid before their unit and nobody else, never applied by themselves, strangers refused."""

import mailbox
from email.message import EmailMessage
from pathlib import Path

import pytest

from himpun import clock
from himpun.archive.models import Record
from himpun.commands import run
from himpun.cycles.actions import start_cycle
from himpun.indicators.models.requests import DataRequest, FormArrival, Value
from himpun.indicators.requests.forms import apply_back, form_of
from himpun.indicators.requests.mail import receive, sender_of, waiting_for
from himpun.notifications.actions import messages_for
from tests.cast import MECHANISM, PERIOD, Cast

SENDER = "kasi@kec-kecil.example"


@pytest.fixture
def asked(small: Cast) -> DataRequest:
    """The second unit's open request; who holds the unit has an address."""
    cycle = start_cycle(office=small.office, key=MECHANISM, period=PERIOD, by=small.kasubbag)
    small.to_collecting(cycle)
    person = small.units[1]
    person.email = SENDER
    person.save(update_fields=["email"])
    return small.requests(cycle)[1]


def mail(content: bytes, *, sender: str = SENDER, name: str = "isian.xlsx") -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = f"Kasi <{sender}>", "data@kec-kecil.example", "Isian"
    message.set_content("Terlampir.")
    message.add_attachment(
        content, maintype="application", subtype="vnd.openxmlformats-officedocument.spreadsheetml.sheet", filename=name
    )
    return message.as_bytes()


def test_a_form_by_mail_waits_for_its_unit_and_changes_nothing_by_itself(small: Cast, asked: DataRequest) -> None:
    (arrived,) = receive(mail(form_of(asked)))

    assert arrived.accepted
    assert "menunggu diperiksa Kepala Seksi 2" in arrived.sentence
    assert [one.sender for one in waiting_for(asked)] == [SENDER]
    assert not Value.objects.filter(line__request=asked).exists()
    assert "lewat surel" in messages_for(small.units[1], clock.today())[0].text
    assert Record.objects.get(act="indicators:form:arrived").file_sha256 == waiting_for(asked)[0].sha256


def test_the_same_message_twice_is_one_arrival(asked: DataRequest) -> None:
    message = mail(form_of(asked))
    receive(message)

    (again,) = receive(message)

    assert "sudah diterima sebelumnya" in again.sentence
    assert FormArrival.objects.count() == 1
    assert Record.objects.filter(act="indicators:form:arrived").count() == 1


@pytest.mark.parametrize("sender", ["orang.lain@contoh.example", ""])
def test_a_form_from_anybody_else_is_refused(asked: DataRequest, sender: str) -> None:
    (arrived,) = receive(mail(form_of(asked), sender=sender))

    assert not arrived.accepted
    assert "bukan surel pemangku" in arrived.sentence
    assert FormArrival.objects.count() == 0


def test_a_form_for_a_closed_request_or_no_form_at_all_is_refused(small: Cast, asked: DataRequest) -> None:
    form = form_of(asked)
    small.answer(asked)

    closed, foreign, nothing = receive(mail(form)), receive(mail(b"PK bukan lembar")), receive(b"Subject: halo\n\nhalo")

    assert "tidak dapat diubah lagi" in closed[0].sentence
    assert [one.accepted for one in (*closed, *foreign, *nothing)] == [False] * 3
    assert "tidak membawa lembar Excel" in nothing[0].sentence


def test_the_unit_applies_what_came_by_mail(small: Cast, asked: DataRequest) -> None:
    receive(mail(form_of(asked)))
    (arrival,) = waiting_for(asked)

    assert apply_back(asked, sha256=arrival.sha256, name=arrival.name, by=small.units[1]) == 0


def test_a_maildir_is_read_and_left_as_it_is(
    asked: DataRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    box = mailbox.Maildir(tmp_path / "surat")
    box.add(mail(form_of(asked)))
    box.add(mail(form_of(asked), sender="lain@contoh.example"))

    assert run(["read-mail", str(tmp_path / "surat")]) == 1

    said = capsys.readouterr().out
    assert (said.count(": diterima:"), said.count(": ditolak:")) == (1, 1)
    assert len(box) == 2


# --- who sends, what is attached, and the answer ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("Budi Santoso, S.E., M.Si. <kasi@kec-kecil.example>", SENDER),
        ('"Kasi, Seksi 2" <Kasi@Kec-Kecil.example>', SENDER),
        ("kasi@kec-kecil.example (Dra. Sri, M.M.)", SENDER),
        ("Drs. H. Amir, M.M < kasi@kec-kecil.example >", SENDER),
        ('"<kasi@kec-kecil.example>" <orang@contoh.example>', "orang@contoh.example"),
        ("Kasi <kasi@kec-kecil.example> <orang@contoh.example>", ""),
        ("kasi@kec-kecil.example <orang@contoh.example>", ""),
        ("Nama, S.E.", ""),
        ("", ""),
    ],
)
def test_the_one_address_of_a_sender_is_found_beside_any_name(written: str, address: str) -> None:
    assert sender_of(written) == address


@pytest.mark.parametrize(
    ("name", "subtype"),
    [
        ("isian", "octet-stream"),
        ("isian.xlsx.bin", "zip"),
        ("", "wps-office.xlsx"),
        ("Isian TW III.XLSX", "octet-stream"),
    ],
)
def test_a_form_is_known_by_its_content_whatever_the_attachment_is_called(
    asked: DataRequest, name: str, subtype: str
) -> None:
    message = EmailMessage()
    message["From"] = f"Budi, S.E., M.Si. <{SENDER}>"
    message.set_content("Terlampir.")
    message.add_attachment(form_of(asked), maintype="application", subtype=subtype, filename=name or None)
    (arrived,) = receive(message.as_bytes())
    assert arrived.accepted, arrived.sentence


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What was handed to the worker: address and text."""
    given: list[tuple[str, str]] = []

    def reply(address: str, subject: str, body: str) -> bool:
        given.append((address, body))
        return True

    monkeypatch.setattr("himpun.indicators.requests.mail.reply", reply)
    return given


def test_who_sent_a_refused_form_is_told_why_once(
    small: Cast, asked: DataRequest, answers: list[tuple[str, str]]
) -> None:
    form = form_of(asked)
    small.answer(asked)
    message = mail(form)
    for _ in range(2):
        receive(message)
    receive(mail(form, sender="rumah@contoh.example"))
    assert [address for address, _ in answers] == [SENDER, "rumah@contoh.example"]
    assert "tidak dapat diubah lagi" in answers[0][1]
    assert Record.objects.filter(act="indicators:form:refused").count() == 2


def test_strangers_without_a_form_programs_and_what_was_taken_get_no_answer(
    asked: DataRequest, answers: list[tuple[str, str]]
) -> None:
    receive(mail(b"PK bukan lembar", sender="orang.lain@contoh.example"))
    receive(mail(form_of(asked)))
    receive(b"Auto-Submitted: auto-replied\n" + mail(b"PK bukan lembar"))
    receive(b"Precedence: bulk\n" + mail(b"PK bukan lembar"))
    assert answers == []
    receive(mail(b"PK bukan lembar"))
    assert [address for address, _ in answers] == [SENDER]
