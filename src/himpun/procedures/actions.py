"""Publishing a procedure: a new version, never an edit."""

from datetime import date

from django.db.models import Max

from himpun import clock
from himpun.archive.journal import SYSTEM, Author, act
from himpun.errors import FieldErrors, Refusal
from himpun.offices import typed
from himpun.offices.acting import acting_in
from himpun.offices.models import Office, Person
from himpun.offices.rules import MAY_PUBLISH_PROCEDURES
from himpun.procedures.definition import runnable
from himpun.procedures.models import ProcedureVersion

SHARED_CHAIN = "himpun"


class NothingChanged(Refusal):
    """The text is the same as the latest version's."""

    code = "naskah-sama"

    def __init__(self, number: int) -> None:
        super().__init__(f"Naskah ini sama persis dengan versi {number} yang sudah terbit. Ubah dahulu naskahnya.")


def publish_for_office(*, text: str, office: Office, in_force_from: date, by: Person) -> ProcedureVersion:
    """Publish an office's own version. Raises HoldsNoPost, DefinitionError or NothingChanged."""
    actor = acting_in(by, office.pk, clock.today(), roles=MAY_PUBLISH_PROCEDURES, to="menerbitkan SOP")
    return _publish(text, office, in_force_from, actor.author, office.code)


def publish_shared(*, text: str, in_force_from: date) -> ProcedureVersion:
    """Publish a version for every office without its own (from the command line, by the operator)."""
    return _publish(text, None, in_force_from, SYSTEM, SHARED_CHAIN)


def _publish(text: str, office: Office | None, in_force_from: date, author: Author, chain: str) -> ProcedureVersion:
    wrong = {"text": typed.fault(text, typed.Text.SOURCE)}
    wrong["in_force_from"] = typed.wrong_day(in_force_from, typed.Day.IN_FORCE, clock.today())
    if wrong := {name: sentence for name, sentence in wrong.items() if sentence}:
        raise FieldErrors(wrong)
    procedure = runnable(text)
    with act(chain, at=clock.now(), author=author) as turn:
        before = ProcedureVersion.objects.filter(office=office, key=procedure.key)
        last = before.aggregate(last=Max("number"))["last"] or 0
        if last and before.get(number=last).sha256 == procedure.sha256:
            raise NothingChanged(last)
        version = ProcedureVersion.objects.create(
            key=procedure.key,
            name=procedure.name,
            office=office,
            number=last + 1,
            text=text,
            sha256=procedure.sha256,
            in_force_from=in_force_from,
            published_at=turn.at,
            published_by=author.person_name,
        )
        data = {
            "key": procedure.key,
            "version": version.number,
            "sha256": procedure.sha256,
            "from": in_force_from.isoformat(),
        }
        turn.record("procedures:version:published", f"procedure:{procedure.key}", data)
    return version
