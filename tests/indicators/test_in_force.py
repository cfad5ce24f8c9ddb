"""Which figure is in force, in any order of answer, import, return, nihil, excuse, correction, freeze, round and cancel.

A model that knows nothing of tables says it: of what was said of a place (a unit's variable in the period) the last
counts, as long as who said it has not taken it back: a run that was cancelled before its freeze and a unit that was
excused have. What is frozen changes by a correction only. `HIMPUN_ORDERS=500` tries more orders (`make orders`).
"""

import os
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from himpun.cycles import actions
from himpun.cycles.actions import start_cycle
from himpun.cycles.models import Cycle
from himpun.cycles.steps import answers
from himpun.errors import FieldErrors
from himpun.indicators.models.figures import Figure
from himpun.indicators.models.recaps import Recap
from himpun.indicators.models.requests import DataRequest, RequestLine
from himpun.indicators.recaps.corrections import NotFrozen, decide_correction
from himpun.indicators.requests.evidence import attach_evidence
from himpun.indicators.requests.filling import save_line
from himpun.indicators.requests.reviewing import lines_of
from tests.cast import MECHANISM, PERIOD, Cast
from tests.indicators.test_corrections import EVIDENCE, ask
from tests.indicators.test_importing import bring

pytestmark = pytest.mark.django_db
ORDERS = int(os.environ.get("HIMPUN_ORDERS", "12"))
UNITS = (0, 1)
NAMES = ("pembilang", "penyebut")
NUMBERS = st.sampled_from([3, 7, 8])
Place = tuple[int, str]
PLACES: list[Place] = [(unit, name) for unit in UNITS for name in NAMES]


@dataclass
class Said:
    """What was said of a place, in order: by which answer (run and unit) or by an import, which number or nihil."""

    entries: list[tuple[tuple[int, int] | None, int | None]] = field(default_factory=list)
    frozen: int | None = None

    def in_force(self, gone: set[tuple[int, int]]) -> int | None:
        if self.frozen is not None:
            return self.frozen
        standing = [number for answer, number in self.entries if answer not in gone]
        return standing[-1] if standing else None


class Orders(RuleBasedStateMachine):
    """One office, one period, any order of acts."""

    cast: Cast

    @initialize()
    def begin(self) -> None:
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.said = {place: Said() for place in PLACES}
        self.gone: set[tuple[int, int]] = set()
        self.runs = 0
        self.run: Cycle | None = None
        self.stage = ""
        self.counting = False
        self.frozen_run = False

    def teardown(self) -> None:
        if hasattr(self, "savepoint"):
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    # --- the acts ---------------------------------------------------------------------------------------------------

    @rule()
    @precondition(lambda self: self.run is None)
    def a_round_begins(self) -> None:
        self.runs += 1
        self.run = start_cycle(office=self.cast.office, key=MECHANISM, period=PERIOD, by=self.cast.kasubbag)
        self.cast.to_collecting(self.run)
        self.stage = "menghimpun"

    @rule(unit=st.sampled_from(UNITS), above=NUMBERS, below=NUMBERS)
    @precondition(lambda self: self.stage == "menghimpun")
    def a_unit_answers(self, unit: int, above: int, below: int) -> None:
        request, line = self.asked(unit)
        if not request.is_open:
            return
        given = dict(zip(NAMES, (above, below), strict=True))
        wrong = {name for name, number in given.items() if self.said[unit, name].frozen not in (None, number)}
        if wrong:
            with pytest.raises(FieldErrors) as refused:
                self.save(line, unit, given)
            assert len(refused.value.fields) == len(wrong)
            given = {name: self.said[unit, name].frozen or number for name, number in given.items()}
        self.save(line, unit, given)
        self.send(request, line, unit)
        for name, number in given.items():
            self.said[unit, name].entries.append(((self.runs, unit), number))

    @rule(above=NUMBERS, below=NUMBERS)
    @precondition(lambda self: self.stage == "menghimpun")
    def everybody_answers(self, above: int, below: int) -> None:
        for unit in UNITS:
            self.a_unit_answers(unit, above, below)

    @rule(unit=st.sampled_from(UNITS))
    @precondition(lambda self: self.stage == "menghimpun")
    def a_unit_says_nihil(self, unit: int) -> None:
        request, line = self.asked(unit)
        if not request.is_open:
            return
        words: dict[str, Any] = {"nihil": True, "nihil_reason": "tidak ada layanan"}
        if any(self.said[unit, name].frozen is not None for name in NAMES):
            with pytest.raises(FieldErrors):
                save_line(line_id=line.pk, by=self.holder(unit), **words)
            return
        save_line(line_id=line.pk, by=self.holder(unit), **words)
        self.send(request, line, unit)
        for name in NAMES:
            self.said[unit, name].entries.append(((self.runs, unit), None))

    @rule(unit=st.sampled_from(UNITS))
    @precondition(lambda self: self.stage == "menghimpun")
    def an_answer_is_handed_back(self, unit: int) -> None:
        request, _ = self.asked(unit)
        if request.state == DataRequest.State.SUBMITTED:
            answers.return_answer(request=request, reason="periksa lagi", by=self.cast.umum)

    @rule(unit=st.sampled_from(UNITS))
    @precondition(lambda self: self.stage == "menghimpun")
    def a_unit_is_excused(self, unit: int) -> None:
        request, _ = self.asked(unit)
        if request.is_open:
            answers.excuse_unit(request=request, reason="sakit", by=self.cast.umum)
            self.gone.add((self.runs, unit))

    @rule(cells=st.dictionaries(st.sampled_from(PLACES), NUMBERS, min_size=1), own=st.booleans(), point=st.booleans())
    def somebody_imports(self, cells: dict[Place, int], own: bool, point: bool) -> None:
        unit = next(iter(cells))[0]
        if own:
            cells = {place: number for place, number in cells.items() if place[0] == unit}
        report = bring(
            self.cast,
            *((f"IKU-{at + 1:02}.{name}", "", PERIOD, str(number)) for (at, name), number in cells.items()),
            by=self.holder(unit) if own else self.cast.analis,
            point=point,
        )
        refused = [place for place, number in cells.items() if self.refuses(place, number)]
        assert report.wrong_count == len(refused)
        assert report.applied == (not refused)
        if report.applied:
            for place, number in cells.items():
                self.said[place].entries.append((None, number))

    def refuses(self, place: Place, number: int) -> bool:
        """Whether an import of this number is refused: over a frozen one, or into a blank of a frozen period."""
        said = self.said[place]
        if said.frozen is not None:
            return said.frozen != number
        asked = self.stage == "menghimpun" and self.asked(place[0])[0].state != DataRequest.State.EXCUSED
        return said.in_force(self.gone) is None and (self.counting or self.frozen_run) and not asked

    @rule(place=st.sampled_from(PLACES), number=st.sampled_from([1, 2]))
    def a_figure_is_corrected(self, place: Place, number: int) -> None:
        said, code = self.said[place], f"IKU-{place[0] + 1:02}.{place[1]}"
        figure = Figure.objects.current().filter(office=self.cast.office, element__code=code).first()
        if figure is None or said.frozen == number:
            return
        if said.frozen is None:
            with pytest.raises(NotFrozen):
                ask(self.cast, str(number), figure=figure, by=self.holder(place[0]))
            return
        correction = ask(self.cast, str(number), figure=figure, by=self.holder(place[0]))
        decide_correction(correction_id=correction.pk, approve=True, by=self.cast.kepala)
        said.frozen = number

    @rule()
    @precondition(lambda self: self.stage == "menghimpun")
    def the_recap_is_frozen(self) -> None:
        assert self.run
        if any(self.asked(unit)[0].is_open for unit in UNITS):
            return
        self.cast.decide(self.run, "sampaikan")
        self.cast.decide(self.run, "bekukan")
        for said in self.said.values():
            said.frozen = said.in_force(self.gone)
        told = {
            (int(line.frozen["kode"][-2:]) - 1, row["nama"]): row["nilai"]
            for line in Recap.objects.get(origin=self.run.subject).lines.all()
            for row in line.frozen["variabel"]
        }
        assert told == {place: "" if said.frozen is None else str(said.frozen) for place, said in self.said.items()}
        self.stage, self.frozen_run = "beku", True

    @rule()
    @precondition(lambda self: self.stage == "beku")
    def the_run_ends(self) -> None:
        assert self.run
        self.cast.analyse(self.run)
        self.cast.decide(self.run, "selesai")
        self.run, self.stage, self.counting = None, "", True
        self.frozen_run = False

    @rule()
    @precondition(lambda self: self.run is not None)
    def the_run_is_cancelled(self) -> None:
        assert self.run
        actions.cancel_cycle(cycle=self.run, reason="salah mulai", by=self.cast.kepala)
        if not self.frozen_run:
            self.gone |= {(self.runs, unit) for unit in UNITS}
        self.run, self.stage, self.frozen_run = None, "", False

    # --- what must be so --------------------------------------------------------------------------------------------

    @invariant()
    def what_is_in_force_is_what_was_said_last(self) -> None:
        if not hasattr(self, "said"):
            return
        found = {
            (int(code[4:6]) - 1, code.partition(".")[2]): (number, frozen)
            for code, number, frozen in Figure.objects.current().values_list("element__code", "number", "frozen")
        }
        wanted = {
            place: (Decimal(number), said.frozen is not None)
            for place, said in self.said.items()
            if (number := said.in_force(self.gone)) is not None
        }
        assert found == wanted

    # --- helps ------------------------------------------------------------------------------------------------------

    def holder(self, unit: int) -> Any:
        return self.cast.units[unit]

    def asked(self, unit: int) -> tuple[DataRequest, RequestLine]:
        assert self.run
        request = self.cast.requests(self.run)[unit]
        return request, lines_of(request).get()

    def save(self, line: RequestLine, unit: int, given: dict[str, int]) -> None:
        typed = {variable.pk: str(given[variable.name]) for variable in line.indicator.variables.all()}
        save_line(line_id=line.pk, by=self.holder(unit), figures=typed, nihil=False, explanation="benar")

    def send(self, request: DataRequest, line: RequestLine, unit: int) -> None:
        attach_evidence(
            line_id=line.pk,
            name="bukti.pdf",
            content=EVIDENCE,
            by=self.holder(unit),
        )
        answers.answer_request(request=request, by=self.holder(unit))


def test_the_figure_in_force_is_the_last_that_was_given(small: Cast) -> None:
    machine = type("OrdersOfSmall", (Orders,), {"cast": small})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=ORDERS,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize="HIMPUN_ORDERS" not in os.environ,
        ),
    )
