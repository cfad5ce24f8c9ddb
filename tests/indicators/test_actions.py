"""A unit's request from being prepared to being frozen: what is kept, what is refused, and that blank is not 0."""

import hashlib
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from himpun import clock
from himpun.archive import files
from himpun.archive.chain import canonical
from himpun.archive.content import Kind
from himpun.archive.journal import SYSTEM, act
from himpun.archive.models import Record, StoredFile
from himpun.cycles.actions import start_cycle
from himpun.cycles.models import Cycle
from himpun.cycles.steps import answers
from himpun.errors import FieldErrors
from himpun.indicators.figures.reading import read_figure
from himpun.indicators.measured.office_year import OfficeYear
from himpun.indicators.models.dictionary import Indicator, Target
from himpun.indicators.models.figures import Figure
from himpun.indicators.models.recaps import Recap
from himpun.indicators.models.requests import DataRequest, Evidence, RequestLine, Value
from himpun.indicators.recaps.freezing import RecapFinished, unanalysed, write_analysis
from himpun.indicators.requests.asking import NothingDue
from himpun.indicators.requests.evidence import attach_evidence, detach_evidence
from himpun.indicators.requests.filling import save_line
from himpun.indicators.requests.reviewing import review_request
from himpun.indicators.requests.rules import Incomplete, NotYourRequest, RequestClosed
from himpun.measure.numbers import write_number
from himpun.measure.periods import Period
from himpun.offices.models.people import Person
from tests.cast import MECHANISM, PERIOD, Cast, later
from tests.papers import docx, image, pdf, xlsx

PDF = "application/pdf"
UPLOADS = {"rekap.xlsx": "xlsx", "laporan.docx": "docx", "scan.pdf": "pdf", "scan.jpg": "jpg", "palsu.pdf": "html"}
"""What is uploaded under which name."""


@pytest.fixture
def run(small: Cast) -> Cycle:
    """The mechanism, waiting for its two units; the first must bring evidence."""
    cycle = start_cycle(office=small.office, key=MECHANISM, period=PERIOD, by=small.kasubbag)
    small.to_collecting(cycle)
    return cycle


@pytest.fixture
def request_1(small: Cast, run: Cycle) -> DataRequest:
    return small.requests(run)[0]


@pytest.fixture
def line(request_1: DataRequest) -> RequestLine:
    return request_1.lines.get()


@pytest.fixture
def unit(small: Cast) -> Person:
    return small.units[0]


def figures(line: RequestLine, above: str, below: str) -> dict[int, str]:
    numerator, denominator = line.indicator.variables.all()
    return {numerator.pk: above, denominator.pk: below}


def kept(line: RequestLine) -> dict[str, Decimal | None]:
    return dict(Value.objects.filter(line=line).values_list("variable__kind", "number"))


# --- preparing ------------------------------------------------------------------------------------------------------


def test_every_unit_is_asked_and_one_with_nothing_due_is_excused_from_the_start(small: Cast) -> None:
    Indicator.objects.filter(owner=small.post_of_unit(1)).update(frequency="tahunan")
    cycle = start_cycle(office=small.office, key=MECHANISM, period=PERIOD, by=small.kasubbag)
    small.decide(cycle, "perintahkan")

    asked, excused = small.requests(cycle)
    assert (asked.state, asked.lines.count()) == ("disiapkan", 1)
    assert (excused.state, excused.lines.count()) == ("dikecualikan", 0)
    assert "Tidak ada indikator" in excused.reason


def test_a_post_that_is_no_unit_but_answers_for_an_indicator_is_asked_too(small: Cast) -> None:
    Indicator.objects.filter(owner=small.post_of_unit(1)).update(owner=small.post("analis"))
    cycle = start_cycle(office=small.office, key=MECHANISM, period=PERIOD, by=small.kasubbag)
    small.to_collecting(cycle)

    assert {request.unit.role for request in small.requests(cycle) if request.is_open} == {"unit", "analis"}
    small.answer_all(cycle)
    small.decide(cycle, "sampaikan")


def test_a_period_in_which_nothing_is_due_is_refused(small: Cast) -> None:
    Indicator.objects.update(frequency="tahunan")
    cycle = start_cycle(office=small.office, key=MECHANISM, period=PERIOD, by=small.kasubbag)

    with pytest.raises(NothingDue, match="Triwulan III 2026"):
        small.decide(cycle, "perintahkan")
    assert not DataRequest.objects.exists()
    assert small.open_task(cycle).step_no == 1


def test_a_request_is_sent_with_a_number_and_the_moment_it_is_due(small: Cast, run: Cycle) -> None:
    for request in small.requests(run):
        assert request.state == DataRequest.State.SENT
        assert request.due_at == small.open_task(run).due_at


# --- filling in -----------------------------------------------------------------------------------------------------


def test_blank_is_not_zero(line: RequestLine, unit: Person) -> None:
    save_line(line_id=line.pk, by=unit, figures=figures(line, "0", ""))
    assert kept(line) == {"pembilang": 0}
    assert "isi Jumlah penyebut" in review_request(line.request).gaps[line.pk]

    save_line(line_id=line.pk, by=unit, figures=figures(line, "", "0"))
    assert kept(line) == {"penyebut": 0}


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1.234,5", "1234.5"),
        (" 7 ", "7"),
        ("-3", "-3"),
        ("0,00000001", "0.00000001"),
        ("9" * 15 + "000000", "9" * 15 + "000000"),
    ],
)
def test_a_figure_is_kept_exactly_as_it_was_meant(line: RequestLine, unit: Person, typed: str, number: str) -> None:
    save_line(line_id=line.pk, by=unit, figures=figures(line, typed, "9"))

    assert kept(line)["pembilang"] == Decimal(number)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(-(10**15) + 1, 10**15 - 1), st.integers(0, 8))
def test_any_fifteen_digits_come_back_to_the_last_one(line: RequestLine, digits: int, places: int) -> None:
    number = Decimal(digits).scaleb(-places)
    variable = line.indicator.variables.first()
    value = Value.objects.update_or_create(line=line, variable=variable, defaults={"number": number})[0]
    value.refresh_from_db()

    assert value.number == number
    assert read_figure(line.indicator, write_number(number)) == (number, "")


@pytest.mark.parametrize(
    "typed",
    [
        "tujuh",
        "1.2.3",
        "1,234,5",
        "9" * 16,
        "1" + "0" * 21,
        "9" * 30,
        "1.000.000.000,1234567",
        "0,000000001",
        "1e5",
        "NaN",
    ],
)
def test_a_figure_that_cannot_be_read_is_refused_and_nothing_of_the_line_is_saved(
    line: RequestLine, unit: Person, typed: str
) -> None:
    save_line(line_id=line.pk, by=unit, figures=figures(line, "7", "9"), note="semula")
    wanted = figures(line, typed, "10")

    with later(minutes=1), pytest.raises(FieldErrors) as refusal:
        save_line(line_id=line.pk, by=unit, figures=wanted, note="baru", nihil=True)

    assert list(refusal.value.fields) == [f"v{next(iter(wanted))}"]
    assert kept(line) == {"pembilang": 7, "penyebut": 9}
    before = line.saved_at
    line.refresh_from_db()
    assert (line.note, line.nihil) == ("semula", False)
    assert before is None
    assert line.saved_at == clock.now()


def test_a_figure_of_another_indicator_is_refused(small: Cast, run: Cycle, line: RequestLine, unit: Person) -> None:
    other = small.requests(run)[1].lines.get()

    with pytest.raises(FieldErrors, match="bukan milik indikator"):
        save_line(line_id=line.pk, by=unit, figures=figures(other, "1", "2"))


def test_what_is_not_given_stays_as_it_is(line: RequestLine, unit: Person) -> None:
    save_line(line_id=line.pk, by=unit, figures=figures(line, "7", "9"), note="catatan", nihil_reason="sebab")
    save_line(line_id=line.pk, by=unit, nihil=True)

    line.refresh_from_db()
    assert (line.note, line.nihil, line.nihil_reason) == ("catatan", True, "sebab")
    assert kept(line) == {"pembilang": 7, "penyebut": 9}
    assert line.saved_by == unit.name


def test_a_grade_is_kept_as_text(small: Cast, line: RequestLine, unit: Person) -> None:
    Indicator.objects.filter(pk=line.indicator_id).update(polarity="predikat")
    save_line(line_id=line.pk, by=unit, figures=figures(line, " bb ", ""))

    assert list(Value.objects.filter(line=line).values_list("number", "text")) == [(None, "BB")]


def test_saving_a_draft_is_not_an_act_of_the_journal(line: RequestLine, unit: Person) -> None:
    before = Record.objects.count()
    save_line(line_id=line.pk, by=unit, note="sementara")
    assert Record.objects.count() == before


# --- evidence -------------------------------------------------------------------------------------------------------


def attach(line: RequestLine, by: Person, content: bytes = pdf("bukti"), name: str = "bukti.pdf") -> Evidence:
    return attach_evidence(line_id=line.pk, name=name, content=content, by=by)


def test_the_same_file_is_attached_once(line: RequestLine, unit: Person) -> None:
    first, again = attach(line, unit), attach(line, unit, name="salinan.pdf")

    assert first == again
    assert files.read(first.sha256) == pdf("bukti")


@pytest.mark.parametrize(("name", "kind"), UPLOADS.items())
def test_evidence_is_judged_by_its_content_and_never_by_its_name(
    line: RequestLine, unit: Person, name: str, kind: str
) -> None:
    content = {"pdf": pdf("isi"), "jpg": image("JPEG"), "xlsx": xlsx(), "docx": docx(), "html": b"<html>"}[kind]

    def attached() -> Evidence:
        return attach_evidence(line_id=line.pk, name=name, content=content, by=unit)

    if kind == "html":
        with pytest.raises(FieldErrors, match="bukan PDF, PNG, JPG, XLSX, DOCX, atau ODS"):
            attached()
    else:
        assert attached().media_type == Kind(kind).media_type


def test_a_file_of_another_kind_too_large_or_empty_is_refused_and_not_stored(
    settings: Any, line: RequestLine, unit: Person
) -> None:
    settings.EVIDENCE_MAX_BYTES = len(pdf("bukti"))
    with pytest.raises(FieldErrors, match="terlalu besar"):
        attach(line, unit, pdf("bukti") + b"x")
    with pytest.raises(FieldErrors, match="kosong"):
        attach(line, unit, b"")
    with pytest.raises(FieldErrors, match="bukan PDF"):
        attach_evidence(line_id=line.pk, name="a.svg", content=b"<svg/>", by=unit)
    attach(line, unit)

    assert StoredFile.objects.filter(media_type=PDF).count() == 1


def test_a_strangers_file_is_not_even_stored(small: Cast, line: RequestLine) -> None:
    before = StoredFile.objects.count()
    with pytest.raises(NotYourRequest, match="ditujukan kepada Kepala Seksi 1"):
        attach(line, small.units[1])

    assert StoredFile.objects.count() == before


def test_a_file_taken_off_again_stays_in_the_archive(line: RequestLine, unit: Person) -> None:
    evidence = attach(line, unit)
    detach_evidence(evidence_id=evidence.pk, by=unit)

    assert not line.evidence.exists()
    assert files.read(evidence.sha256)


# --- sending --------------------------------------------------------------------------------------------------------


def send(request: DataRequest, by: Person) -> None:
    answers.answer_request(request=request, by=by)


def test_an_answer_needs_every_figure_and_the_evidence_asked_for(
    line: RequestLine, request_1: DataRequest, unit: Person
) -> None:
    with pytest.raises(Incomplete, match="1 indikator belum lengkap") as refusal:
        send(request_1, unit)
    assert "isi Jumlah pembilang, Jumlah penyebut" in refusal.value.gaps[line.pk]

    save_line(line_id=line.pk, by=unit, figures=figures(line, "7", "9"))
    with pytest.raises(Incomplete) as refusal:
        send(request_1, unit)
    assert "lampirkan bukti dukung" in refusal.value.gaps[line.pk]

    attach(line, unit)
    send(request_1, unit)
    assert (request_1.state, request_1.submitted_title) == ("dijawab", "Kepala Seksi 1")


def test_nihil_needs_a_reason_and_then_no_figures(line: RequestLine, request_1: DataRequest, unit: Person) -> None:
    save_line(line_id=line.pk, by=unit, nihil=True, nihil_reason=" ")
    with pytest.raises(Incomplete) as refusal:
        send(request_1, unit)
    assert "tulis alasan nihil" in refusal.value.gaps[line.pk]

    save_line(line_id=line.pk, by=unit, nihil_reason="tidak ada layanan")
    send(request_1, unit)
    assert request_1.state == DataRequest.State.SUBMITTED


def test_every_figure_is_in_the_journal_when_it_is_sent(small: Cast, line: RequestLine, request_1: DataRequest) -> None:
    small.answer(request_1)

    data = Record.objects.get(act="indicators:request:submitted").data
    assert '"values":{"pembilang":"7","penyebut":"9"}' in data
    assert line.evidence.get().sha256 in data


def test_a_request_that_was_answered_takes_no_more(small: Cast, line: RequestLine, request_1: DataRequest) -> None:
    small.answer(request_1)
    unit, evidence = small.units[0], line.evidence.get()

    tries: list[Any] = [
        lambda: save_line(line_id=line.pk, by=unit, note="lagi"),
        lambda: attach(line, unit, pdf("lain")),
        lambda: detach_evidence(evidence_id=evidence.pk, by=unit),
        lambda: send(request_1, unit),
    ]
    for again in tries:
        with pytest.raises(RequestClosed, match='berstatus "Sudah dijawab"'):
            again()


def test_a_page_left_open_cannot_send_twice(small: Cast, run: Cycle, request_1: DataRequest) -> None:
    """The second page still shows the request as waiting."""
    stale = small.requests(run)[0]
    small.answer(request_1)

    with pytest.raises(RequestClosed):
        send(stale, small.units[0])
    assert Record.objects.filter(act="indicators:request:submitted").count() == 1


def test_a_request_not_sent_yet_cannot_be_filled_in(small: Cast) -> None:
    cycle = start_cycle(office=small.office, key=MECHANISM, period=PERIOD, by=small.kasubbag)
    small.decide(cycle, "perintahkan")
    line = small.requests(cycle)[0].lines.get()

    with pytest.raises(RequestClosed, match='"Disiapkan"'):
        save_line(line_id=line.pk, by=small.units[0], note="terlalu cepat")


# --- returned, excused ----------------------------------------------------------------------------------------------


def test_an_answer_is_handed_back_with_a_reason_and_can_be_mended(small: Cast, request_1: DataRequest) -> None:
    small.answer(request_1)
    with pytest.raises(FieldErrors, match="apa yang harus diperbaiki"):
        answers.return_answer(request=request_1, reason=" \n", by=small.umum)
    answers.return_answer(request=request_1, reason="angka\n terbalik", by=small.umum)

    assert (request_1.state, request_1.reason) == ("dikembalikan", "angka terbalik")
    small.answer(request_1)
    assert request_1.state == DataRequest.State.SUBMITTED


def test_only_an_answer_can_be_handed_back_and_only_an_open_request_excused(
    small: Cast, run: Cycle, request_1: DataRequest
) -> None:
    with pytest.raises(RequestClosed):
        answers.return_answer(request=request_1, reason="belum apa-apa", by=small.umum)
    small.answer(request_1)
    with pytest.raises(RequestClosed):
        answers.excuse_unit(request=request_1, reason="sudah menjawab", by=small.umum)


def test_a_unit_is_excused_with_a_reason_once(small: Cast, request_1: DataRequest) -> None:
    with pytest.raises(FieldErrors, match="mengapa unit ini dikecualikan"):
        answers.excuse_unit(request=request_1, reason="", by=small.umum)
    answers.excuse_unit(request=request_1, reason="sakit", by=small.umum)
    with pytest.raises(RequestClosed):
        answers.excuse_unit(request=request_1, reason="lagi", by=small.umum)

    assert (request_1.state, request_1.reason) == ("dikecualikan", "sakit")


@pytest.mark.parametrize("state", ["dikembalikan", "dikecualikan"])
def test_the_database_refuses_a_return_or_an_excuse_without_a_reason(request_1: DataRequest, state: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        DataRequest.objects.filter(pk=request_1.pk).update(state=state, reason="")


# --- frozen ---------------------------------------------------------------------------------------------------------


def freeze(small: Cast, run: Cycle) -> Recap:
    small.answer_all(run)
    small.decide(run, "sampaikan")
    small.decide(run, "bekukan")
    return Recap.objects.get(origin=run.subject)


def test_the_digest_of_a_recap_is_that_of_its_lines(small: Cast, run: Cycle) -> None:
    recap = freeze(small, run)
    again = hashlib.sha256(canonical([line.frozen for line in recap.lines.all()]).encode()).hexdigest()

    assert recap.digest == again
    assert f'"digest":"{again}"' in Record.objects.get(act="indicators:recap:frozen").data
    line = recap.lines.first()
    assert line is not None
    line.frozen = {**line.frozen, "realisasi": "1"}
    line.save()
    changed = hashlib.sha256(canonical([line.frozen for line in recap.lines.all()]).encode()).hexdigest()
    assert changed != recap.digest


def test_freezing_closes_the_requests_and_keeps_the_excused_with_their_reason(small: Cast, run: Cycle) -> None:
    answers.excuse_unit(request=small.requests(run)[1], reason="sakit", by=small.umum)
    recap = freeze(small, run)

    assert [request.state for request in small.requests(run)] == ["dibekukan", "dikecualikan"]
    answered, excused = recap.lines.all()
    assert answered.frozen["realisasi"] == "700/9"
    assert (excused.frozen["realisasi"], excused.frozen["capaian"]["alasan"]) == ("", "Unit dikecualikan: sakit")
    with pytest.raises(RequestClosed, match="Dibekukan"):
        save_line(line_id=answered.source_line_id or 0, by=small.units[0], note="terlambat")


def test_nihil_is_frozen_with_its_reason_and_not_as_zero(small: Cast, run: Cycle, line: RequestLine) -> None:
    save_line(line_id=line.pk, by=small.units[0], nihil=True, nihil_reason="tidak ada layanan")
    send(line.request, small.units[0])
    recap = freeze(small, run)

    first = recap.lines.first()
    assert first is not None
    assert first.frozen["realisasi"] == ""
    assert first.frozen["capaian"]["alasan"] == "Nihil: tidak ada layanan"
    assert first.frozen["nihil"] is True


def quarter(cast: Cast, period: str, above: str, *, indicator: Indicator) -> Recap:
    """A whole run of the mechanism for a quarter, with one figure of our own."""
    cycle = start_cycle(office=cast.office, key=MECHANISM, period=period, by=cast.kasubbag)
    cast.to_collecting(cycle)
    for request in cast.requests(cycle):
        cast.fill(request)
        own = request.lines.filter(indicator=indicator).first()
        if own:
            save_line(line_id=own.pk, by=cast.units[0], figures=figures(own, above, "10"), explanation="benar")
        send(request, cast.holder(request.unit))
    cast.decide(cycle, "sampaikan")
    cast.decide(cycle, "bekukan")
    return Recap.objects.get(origin=cycle.subject)


def year_of(recap: Recap, indicator: Indicator) -> dict[str, str]:
    frozen: dict[str, str] = recap.lines.get(indicator=indicator).frozen["capaian_tahun"]
    return frozen


def test_the_score_of_the_year_takes_the_earlier_periods_as_they_were_frozen(small: Cast) -> None:
    indicator = Indicator.objects.get(owner=small.post_of_unit(0))
    Indicator.objects.filter(pk=indicator.pk).update(aggregation="rata-rata", frequency="triwulanan")
    for no in (1, 2):
        Target.objects.create(indicator=indicator, period=f"2026-TW{no}", value="80")

    first = quarter(small, "2026-TW1", "4", indicator=indicator)
    second = quarter(small, "2026-TW2", "8", indicator=indicator)
    third = quarter(small, "2026-TW3", "6", indicator=indicator)

    assert [year_of(recap, indicator)["nilai"] for recap in (first, second, third)] == ["50", "75", "75"]
    year = OfficeYear.load(small.office, 2026, frozen_only=True)
    assert [year.measure(indicator.code, Period.parse(f"2026-TW{no}")).actual for no in (1, 2)] == [40, 80]


def test_a_repeated_period_counts_with_its_newest_recap(small: Cast) -> None:
    indicator = Indicator.objects.get(owner=small.post_of_unit(0))
    first = quarter(small, "2026-TW1", "4", indicator=indicator)
    small.analyse(cycle := Cycle.objects.get(pk=int(first.origin.split(":")[1])))
    small.decide(cycle, "selesai")
    with later(days=1):
        second = quarter(small, "2026-TW1", "4", indicator=indicator)

    assert (first.round, second.round) == (1, 2)
    year = OfficeYear.load(small.office, 2026, frozen_only=True)
    assert year.measure(indicator.code, Period.parse("2026-TW1")).actual == 40
    assert Figure.objects.filter(variable__indicator=indicator).count() == 2


def test_an_analysis_can_be_written_until_the_recap_is_finished(small: Cast, run: Cycle) -> None:
    recap = freeze(small, run)
    line = recap.lines.first()
    assert line is not None
    assert len(unanalysed(recap)) == 2
    small.analyse(run)
    assert unanalysed(recap) == []
    small.decide(run, "selesai")

    def write() -> None:
        with act(small.office.code, at=clock.now(), author=SYSTEM) as turn:
            write_analysis(turn, line=line, cause="lain", follow_up="lain")

    with pytest.raises(RecapFinished, match="sudah selesai"):
        write()
    line.refresh_from_db()
    assert line.cause == "Data belum lengkap"
