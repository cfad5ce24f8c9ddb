"""Moving to another home: the office that looks after somebody hands them on to the one where they work now."""

from django.db.models import Q, QuerySet

from himpun.archive.journal import CONSOLE
from himpun.errors import FieldErrors
from himpun.offices.acting import acting_in
from himpun.offices.journals import journals
from himpun.offices.models.holdings import Appointment, Holding
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_MANAGE_OFFICE, check_may_manage_access
from himpun.offices.today import days_of_today


def homes_open_to(person: Person) -> QuerySet[Office]:
    """The other offices where somebody holds a post, or is about to."""
    today = days_of_today()[0]
    held = Q(posts__holdings__in=Holding.objects.filter(Q(until__isnull=True) | Q(until__gte=today), person=person))
    coming = Q(posts__appointments__in=Appointment.objects.filter(person=person, state=Appointment.State.WAITING))
    return Office.objects.filter(held | coming).exclude(pk=person.home_id or 0).distinct()


def move_home(*, office: Office, person: Person, to: Office | None, by: Person) -> Person:
    """Hand somebody's data and access on to another office, which they work in and this one no longer employs.

    Recorded in both journals. Raises HoldsNoPost, OnLeave, NotOurs or FieldErrors.
    """
    author = acting_in(by, office.pk, roles=MAY_MANAGE_OFFICE, to="memindahkan pegawai").author
    check_may_manage_access(person.name, home=person.home_id, office=office.pk)
    if to is None or not homes_open_to(person).filter(pk=to.pk).exists():
        raise FieldErrors(
            {"home": "Pilih kantor tempat ia memangku jabatan; kantor itu mencatat jabatannya lebih dahulu."}
        )
    today = office.today()
    here = Holding.objects.filter(Q(until__isnull=True) | Q(until__gte=today), person=person, post__office=office)
    if held := here.select_related("post").first():
        cause = f"{person.name} masih memangku {held.post.title} di kantor ini"
        raise FieldErrors({"home": f"{cause}. Akhiri dahulu masa jabatannya, lalu pindahkan mulai hari sesudahnya."})
    with journals(office, Person(home=to), author=author) as written:
        moved = Person.objects.filter(pk=person.pk, home=office).update(home=to)
        if moved:
            data = {"name": person.name, "from": office.name, "to": to.name}
            written.record("offices:person:moved", f"person:{person.pk}", data, person=Person(home=to))
    person.refresh_from_db()
    return person


def give_home(*, person: Person, office: Office) -> Person:
    """Say as the administrator which office looks after somebody, where no office does or theirs is gone."""
    with journals(office, person, author=CONSOLE) as written:
        was = person.home.name if person.home else ""
        Person.objects.filter(pk=person.pk).update(home=office)
        data = {"name": person.name, "from": was, "to": office.name}
        written.record("offices:person:moved", f"person:{person.pk}", data, person=person)
    person.refresh_from_db()
    return person
