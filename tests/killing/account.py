"""What the database says at the end, for the account of what was confirmed: run inside Himpun's own process."""

import json
from collections import Counter
from typing import Any


def found_small(units: int) -> None:
    """A small office whose people can log in and have an address for mail."""
    from datetime import time

    from django.contrib.auth.hashers import make_password

    from himpun import clock
    from himpun.archive.journal import SYSTEM, act
    from himpun.notifications.choices import choose_times
    from himpun.offices.models.people import Person
    from tests.cast import found_office

    cast = found_office("kec-tahan", units=units)
    password = make_password("himpun-contoh")
    for person in Person.objects.filter(holdings__post__office=cast.office):
        always = {"quiet_from": time(12), "quiet_until": time(12), "digest_at": time(7, 30)}
        choose_times(person=person, **always)
        with act("pengujian", at=clock.now(), author=SYSTEM):
            Person.objects.filter(pk=person.pk).update(password=password, email=f"{person.username}@contoh.example")


def settle() -> None:
    """What a killed worker left in hand is done: as the worker would after the minutes a claim lasts."""
    from datetime import timedelta

    from himpun import clock
    from himpun.documents.work import render_waiting
    from himpun.jobs.reaper import put_back_lost
    from himpun.jobs.worker import work_off
    from himpun.notifications.sending import LOST_AFTER, send_due
    from himpun.notifications.spreading import spread_due

    put_back_lost(after=timedelta(0))
    work_off()
    render_waiting()
    spread_due()
    send_due()
    with clock.held_at(clock.now() + LOST_AFTER + timedelta(minutes=1)):
        render_waiting()  # what failed when its typesetter was killed is tried again after a minute
        spread_due()
        send_due()


def account() -> str:
    """Everything that is counted, as JSON."""
    from himpun.archive.models import Record
    from himpun.archive.verify import verify
    from himpun.cycles.models import Cycle, Task
    from himpun.documents.models import Approval, Document, DocumentVersion
    from himpun.indicators.models.figures import Figure
    from himpun.indicators.models.recaps import RecapLine
    from himpun.indicators.models.requests import Evidence, Value
    from himpun.letters.models import IssuedNumber, Letter, NumberRegister
    from himpun.notifications.models import Message, Outgoing

    decided = [row.subject for row in Record.objects.filter(act__in=["cycles:task:decided", "cycles:task:returned"])]
    facts: dict[str, Any] = {
        "letters": dict(Counter(Letter.objects.values_list("number", flat=True))),
        "cycles": [list(row) for row in Cycle.objects.order_by("pk").values_list("key", "period", "state")],
        "decisions": dict(Task.objects.exclude(decision="").values_list("pk", "decision")),
        "open": Task.objects.filter(decided_at=None).count(),
        "decided": len(decided),
        "values": {f"v-{line}-{variable}": str(number) for line, variable, number in
                   Value.objects.values_list("line", "variable", "number")},
        "figures": twice(Figure.objects.filter(current=True).values_list("unit", "element", "year", "month", "months")),
        "evidence": dict(Counter(Evidence.objects.values_list("line", flat=True))),
        "analyses": dict(RecapLine.objects.values_list("pk", "cause")),
        "versions": [list(row) for row in DocumentVersion.objects.filter(document__kind="data_kinerja").values_list(
            "no", "narrative__analisis")],
        "documents": twice(Document.objects.values_list("kind", "subject", "about", "only_post")),
        "unrendered": [f"{row}" for row in DocumentVersion.objects.filter(file_sha256="").values_list(
            "document__kind", "failures", "failure")],
        "approvals": dict(Counter(Approval.objects.values_list("kind", flat=True))),
        "signed": [bool(one) for one in DocumentVersion.objects.filter(
            approvals__kind="tanda-tangan").values_list("signed_sha256", flat=True)],
        "archived": Document.objects.filter(kind="data_kinerja").exclude(archived_at=None).count(),
        "numbers": {str(row): [sorted(row.issued.values_list("sequence", flat=True)), row.last]
                    for row in NumberRegister.objects.all()},
        "numbers twice": twice(IssuedNumber.objects.values_list("text")),
        "messages twice": twice(Message.objects.values_list("post", "topic", "about", "text", "place")),
        "not spread": Message.objects.filter(spread_at=None).count(),
        "copies": dict(Counter(Outgoing.objects.values_list("state", flat=True))),
        "keys": [str(key) for key in Outgoing.objects.values_list("key", flat=True)],
        "records": Record.objects.count(),
        "faults": verify().faults,
    }  # fmt: skip
    return json.dumps(facts)


def twice(rows: Any) -> list[str]:
    """What is there more than once."""
    return [f"{row} {times} kali" for row, times in Counter(tuple(row) for row in rows).items() if times > 1]
