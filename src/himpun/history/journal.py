"""The journal as an event log: what the archive says happened in runs of a procedure.

Every moment and every name comes from sealed records; the tables only tell which run a step ran, and which run a request
was sent for. A step began when the one before it was decided. Six queries, however many offices and runs.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from himpun.archive.models import Record
from himpun.cycles.models import Cycle
from himpun.history.events import ABORT, CHILD, COMPLETE, RESUME, START, STEP, SUSPEND, UNIT, Event, Log, in_order
from himpun.indicators.models.requests import DataRequest
from himpun.offices.models.offices import UNIT as UNIT_ROLE
from himpun.offices.models.offices import Office, Post
from himpun.procedures.definition import END, Procedure
from himpun.procedures.models import ProcedureVersion
from himpun.procedures.reading import role_titles, worded

STARTED, ENDED, CANCELLED = "cycles:cycle:started", "cycles:cycle:ended", "cycles:cycle:cancelled"
DECIDED, RETURNED = "cycles:task:decided", "cycles:task:returned"
PAUSED, RESUMED = "cycles:cycle:paused", "cycles:cycle:resumed"
SENT, SUBMITTED = "indicators:request:sent", "indicators:request:submitted"
GIVEN_BACK, EXCUSED = "indicators:request:returned", "indicators:request:excused"
OF_RUNS = (STARTED, ENDED, CANCELLED, DECIDED, RETURNED, PAUSED, RESUMED, SENT)
OF_REQUESTS = (SUBMITTED, GIVEN_BACK, EXCUSED)

Row = tuple[str, str, str, datetime, str, str, str, str]
"""Chain (the office's code), subject, act, moment, post, its title, the person's name, data."""


@dataclass
class _Run:
    """What the journal says of one run."""

    subject: str
    office: str
    key: str
    sha256: str
    period: str
    since: datetime
    rows: list[Row] = field(default_factory=list)


def events_of(offices: Iterable[Office], key: str, since: datetime | None = None, until: datetime | None = None) -> Log:
    """The events of every run of a procedure that began from `since` to before `until`, with all it waited for.

    `offices` need their kind loaded (their own titles for roles). A case is named as the journal names it: "cycle:12".
    Moments are told in the zone of the office where they happened, so that 08.15 reads 08.15 in a file.
    """
    there = {office.code: office for office in offices}
    runs = _runs(list(there), since)
    wanted = [run for run in runs.values() if run.key == key and (until is None or run.since < until)]
    parents = dict(
        Cycle.objects.filter(parent__isnull=False, office__in=there.values()).values_list("pk", "parent__cycle_id")
    )
    titles = _titles(there.values())
    top = {run.subject: run.subject for run in wanted}
    for subject in sorted(runs, key=lambda name: int(name.partition(":")[2])):
        above = parents.get(int(subject.partition(":")[2]))
        if subject not in top and f"cycle:{above}" in top:
            top[subject] = top[f"cycle:{above}"]
    procedures = _procedures({runs[subject].sha256 for subject in top})
    asked = _requests(there.values(), since)
    log: Log = []
    for subject, case in top.items():
        run = runs[subject]
        if procedure := procedures.get(run.sha256):
            told = _events(run, runs[case], procedure, titles[run.office], asked.get(subject, []))
            zone = ZoneInfo(there[run.office].timezone)
            log += [event._replace(at=event.at.astimezone(zone)) for event in told]
    return in_order(log)


def _runs(codes: Sequence[str], since: datetime | None) -> dict[str, _Run]:
    """Every run that began in time, by its subject, with its records in order."""
    rows = Record.objects.filter(chain__in=codes, act__in=OF_RUNS).order_by("chain", "seq")
    rows = rows if since is None else rows.filter(at__gte=since)
    runs: dict[str, _Run] = {}
    for row in rows.values_list("chain", "subject", "act", "at", "post", "post_title", "person_name", "data"):
        if row[2] == STARTED:
            data = json.loads(row[7])
            runs[row[1]] = _Run(row[1], row[0], data["procedure"], data["sha256"], data["period"], row[3])
        if run := runs.get(row[1]):
            run.rows.append(row)
    return runs


def _titles(offices: Iterable[Office]) -> dict[str, dict[str, str]]:
    """Office's code → role → title there, as `Office.titles` gives it for one."""
    there = list(offices)
    found = {office.code: dict(office.kind.titles) for office in there}
    own = Post.objects.filter(office__in=there).exclude(role="").exclude(role=UNIT_ROLE)
    for code, role, title in own.values_list("office__code", "role", "title"):
        found[code][role] = title
    return found


def _procedures(digests: set[str]) -> dict[str, Procedure]:
    return {version.sha256: version.definition for version in ProcedureVersion.objects.filter(sha256__in=digests)}


_Answer = tuple[Row, str, str]
"""A record about a unit's request, with the code and the title of the unit's post."""


def _requests(offices: Iterable[Office], since: datetime | None) -> Mapping[str, list[_Answer]]:
    """Run → what the journal says about its units' requests, in order."""
    there = list(offices)
    told = DataRequest.objects.filter(office__in=there).values_list("pk", "origin", "unit__code", "unit__title")
    of_request = {f"request:{pk}": (origin, code, title) for pk, origin, code, title in told}
    rows = Record.objects.filter(chain__in=[office.code for office in there], act__in=OF_REQUESTS)
    rows = rows if since is None else rows.filter(at__gte=since)
    found: dict[str, list[_Answer]] = defaultdict(list)
    for row in rows.order_by("chain", "seq").values_list(
        "chain", "subject", "act", "at", "post", "post_title", "person_name", "data"
    ):
        if request := of_request.get(row[1]):
            found[request[0]].append((row, request[1], request[2]))
    return found


# --- one run --------------------------------------------------------------------------------------------------------


class _Teller:
    """Makes the events of one run, in the name of the case it belongs to."""

    def __init__(self, run: _Run, case: _Run, procedure: Procedure, titles: Mapping[str, str]) -> None:
        self.run, self.procedure = run, procedure
        self.scope = STEP if run is case else CHILD
        self.titles = role_titles(procedure, titles)
        self.common = {
            "office": run.office,
            "period": run.period,
            "procedure": run.key,
            "sha256": run.sha256,
        }
        self.case = case.subject

    def activity(self, no: int) -> str:
        """ "3 Melaksanakan koordinasi …" with the office's own titles."""
        return f"{no} {worded(self.procedure.step(no).title, self.titles)}"

    def holder(self, no: int) -> str:
        """The title of whoever has the step, before anybody acted on it."""
        role = self.procedure.role(self.procedure.step(no).who)
        return self.titles.get(role.recorded_by if role.outside else role.key, "")

    def event(self, no: int, at: datetime, lifecycle: str, **more: Any) -> Event:
        given = {"scope": self.scope, "step": no, **self.common, **more}
        return Event(self.case, self.activity(no), at, lifecycle, **given)

    def unit(self, no: int, at: datetime, lifecycle: str, title: str, **more: Any) -> Event:
        given = {"scope": UNIT, "step": no, "resource": title, **self.common, **more}
        return Event(self.case, f"{self.activity(no)} – {title}", at, lifecycle, **given)


def _events(run: _Run, case: _Run, procedure: Procedure, titles: Mapping[str, str], answers: Sequence[_Answer]) -> Log:
    teller = _Teller(run, case, procedure, titles)
    log: Log = []
    at_step = procedure.first.no
    for _, _, act, at, post, title, person, written in run.rows:
        who = {"resource": title, "post": post, "person": person}
        if act == STARTED:
            log.append(teller.event(at_step, at, START, resource=teller.holder(at_step)))
        elif act in (DECIDED, RETURNED):
            data = json.loads(written)
            log.append(teller.event(data["step"], at, COMPLETE, decision=data["decision"], **who))
            if data["next"] != END:
                at_step = int(data["next"])
                log.append(teller.event(at_step, at, START, resource=teller.holder(at_step)))
        elif act in (PAUSED, RESUMED) and run is case:
            log.append(teller.event(at_step, at, SUSPEND if act == PAUSED else RESUME, **who))
        elif act == CANCELLED:
            log.append(teller.event(at_step, at, ABORT, **who))
    return log + _parts(teller, run, answers)


def _parts(teller: _Teller, run: _Run, answers: Sequence[_Answer]) -> Log:
    """The units' parts: open when the request was sent or given back, closed when answered or excused."""
    collecting = next((step.no for step in teller.procedure.steps if step.each), 0)
    if not collecting:
        return []
    log: Log = []
    for _chain, _subject, act, at, _post, _title, _person, written in run.rows:
        if act == SENT:
            log += [teller.unit(collecting, at, START, title) for title in json.loads(written)["units"]]
    for row, code, title in answers:
        kind = START if row[2] == GIVEN_BACK else COMPLETE
        person = row[6] if row[2] == SUBMITTED else ""
        decision = {SUBMITTED: "dijawab", EXCUSED: "dikecualikan"}.get(row[2], "")
        log.append(teller.unit(collecting, row[3], kind, title, post=code, person=person, decision=decision))
    return log
