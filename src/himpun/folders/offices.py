"""Writing an office folder (already read and checked) to the database. Idempotent: loading twice changes nothing.

What the files no longer mention stays: the operator ends a holding by its `to` date, never by deleting a row. A
password in the files is used only for a person who is new. Holdings of the office's own people are in force at once;
somebody whose home is another office keeps their name and address as they are, and is asked before they hold a post.
"""

from collections.abc import Mapping

from django.db.models import F

from himpun.archive.seals import touch
from himpun.errors import Refusal
from himpun.folders.rows import HoldingRow, OfficeFiles, PersonRow
from himpun.offices.holdings.appointments import propose
from himpun.offices.holdings.leaves import LeaveFields, load_leave
from himpun.offices.holdings.terms import Terms
from himpun.offices.journals import Journals
from himpun.offices.kinds import seed_kinds
from himpun.offices.models.calendar import Holiday, SpecialHours
from himpun.offices.models.holdings import Appointment, Holding
from himpun.offices.models.offices import UNIT, Office, Post
from himpun.offices.models.people import Person
from himpun.offices.rules import check_may_manage_access
from himpun.offices.worktime import write_week


class RoleTaken(Refusal):
    """A role of the files is still held by a post that the files do not mention."""

    code = "peran-sudah-ada"

    def __init__(self, post: Post) -> None:
        super().__init__(
            f'Peran "{post.role}" di {post.office} masih pada jabatan "{post.code}" ({post.title}), yang tidak ada di posts.csv. '
            "Tulis jabatan itu juga (peran boleh kosong), atau pakai kodenya."
        )


class NameTaken(Refusal):
    """The files name somebody whom another office looks after, but not as that office knows them."""

    code = "nama-pengguna-milik-kantor-lain"

    def __init__(self, username: str) -> None:
        super().__init__(
            f'people.csv: nama pengguna "{username}" milik orang yang dikelola kantor lain, dan nama atau NIP-nya berbeda. '
            "Beri orang kantor ini nama pengguna lain; bila memang orang yang sama, samakan nama dan NIP-nya."
        )


def load_office(files: OfficeFiles) -> Office:
    """Make or update the office itself, and its parent where that is not there yet."""
    seed_kinds()
    given = files.office
    parent = None
    if given.parent:
        parent, _ = Office.objects.get_or_create(
            code=given.parent,
            defaults={
                "name": given.parent_name or given.parent,
                "kind_id": "kabupaten",
                "government": given.government,
                "city": given.city,
                "timezone": given.timezone,
                "synthetic": given.synthetic,
            },
        )
    fields = {
        name: getattr(given, name)
        for name in ("name", "government", "address", "contact", "city", "timezone", "day_minutes", "synthetic")
    }
    fields |= {
        "kind_id": given.kind,
        "parent": parent,
        "hours": write_week(given.week),
        "number_patterns": dict(given.number_patterns),
    }
    office, _ = Office.objects.update_or_create(code=given.code, defaults=fields)
    return office


def people_from_elsewhere(office: Office, files: OfficeFiles) -> list[Person]:
    """Whom the files name although another office is their home."""
    named = Person.objects.filter(username__in=[row.username for row in files.people]).select_related("home")
    return [person for person in named if person.home_id not in (None, office.pk)]


def load_people(written: Journals, office: Office, files: OfficeFiles) -> None:
    """Make or update posts, people, who holds what, and holidays of an office, within its turn.

    Raises RoleTaken, NameTaken or NotOurs.
    """
    touch(Office, [office.pk, *([office.parent_id] if office.parent_id else [])])
    posts = _load_posts(office, files)
    people = _load_people(office, files)
    for row in files.holdings:
        _load_holding(written, row, posts, people[row.username])
    for leave in files.leaves:
        person = people[leave.username]
        check_may_manage_access(person.name, home=person.home_id, office=office.pk)
        stands_in = people.get(leave.substitute)
        given = LeaveFields(leave.kind, leave.since, leave.until, leave.letter, stands_in)
        load_leave(written, office=office, person=person, fields=given)
    _load_holidays(office, files)
    data = {"posts": len(files.posts), "people": len(files.people), "holdings": len(files.holdings)}
    written.own.record("offices:office:loaded", f"office:{office.code}", data)


def _load_holding(written: Journals, row: HoldingRow, posts: Mapping[str, Post], person: Person) -> None:
    """One holding by post, person and first day; those that a leave made are not the files'."""
    post = posts[row.post]
    key = {"post": post, "person": person, "since": row.since}
    values = {"kind": row.kind, "until": row.until, "letter": row.letter, "own_post": posts.get(row.own_post)}
    there = list(Holding.objects.filter(**key, leave__isnull=True))
    same = next((one for one in there if one.kind == row.kind or len(there) == 1), None)
    if person.home_id != post.office_id:
        _ask(written, post, person, Terms(row.kind, row.since, row.until, row.letter, posts.get(row.own_post)), same)
    elif same:
        Holding.objects.filter(pk=same.pk).update(**values)
    else:
        Holding.objects.create(**key, **values)


def _ask(written: Journals, post: Post, person: Person, terms: Terms, same: Holding | None) -> None:
    """Propose a holding for somebody from elsewhere, or its change, unless the files asked for just that before."""
    said = {"kind": terms.kind, "until": terms.until, "letter": terms.letter, "own_post": terms.own_post}
    asked = Appointment.objects.filter(post=post, person=person, since=terms.begins, recorded_by__isnull=True, **said)
    if asked.exclude(state=Appointment.State.WITHDRAWN).exists():
        return
    if same is None or any(getattr(same, name) != value for name, value in said.items()):
        propose(written, post=post, person=person, terms=terms, recorder=None, changes=same)


def _load_posts(office: Office, files: OfficeFiles) -> dict[str, Post]:
    posts: dict[str, Post] = {}
    _free_roles(office, files)
    for row in files.posts:
        defaults = {
            "title": row.title,
            "role": row.role,
            "unit_code": row.unit_code,
            "order": row.order,
            "since": row.since,
            "until": row.until,
        }
        posts[row.code], _ = Post.objects.update_or_create(office=office, code=row.code, defaults=defaults)
    for row in files.posts:
        Post.objects.filter(pk=posts[row.code].pk).update(parent=posts.get(row.parent))
    return posts


def _free_roles(office: Office, files: OfficeFiles) -> None:
    """Let roles move between the posts of the files; a role that another post keeps is refused. Raises RoleTaken."""
    named = Post.objects.filter(office=office, code__in=[row.code for row in files.posts])
    moving = {row.code: row.role for row in files.posts}
    changed = [post.pk for post in named if post.role != moving[post.code]]
    named.filter(pk__in=changed).update(role="")
    wanted = {row.role for row in files.posts} - {"", UNIT}
    kept = Post.objects.filter(office=office, role__in=wanted).exclude(code__in=moving).first()
    if kept:
        raise RoleTaken(kept)


def _load_people(office: Office, files: OfficeFiles) -> dict[str, Person]:
    people: dict[str, Person] = {}
    for row in files.people:
        fields = {"name": row.name, "nip": row.nip, "rank": row.rank, "email": row.email, "home": office}
        person = Person.objects.select_related("home").filter(username=row.username).first()
        if person is None:
            person = Person.objects.create_user(row.username, row.password or None, **fields)
        elif person.home_id in (None, office.pk):
            Person.objects.filter(pk=person.pk).update(**fields)
            person.home = office
        elif not _is_same(person, row):
            raise NameTaken(row.username)
        people[row.username] = person
    return people


def _is_same(person: Person, row: PersonRow) -> bool:
    """Whether the files and the other office mean one person: the same name, and the same NIP where both know it."""
    nips = {"".join(nip.split()) for nip in (person.nip, row.nip)} - {""}
    return person.name.casefold() == row.name.casefold() and len(nips) <= 1


def _load_holidays(office: Office, files: OfficeFiles) -> None:
    for row in files.holidays:
        defaults = {"name": row.name, "source": row.source, "kind": row.kind}
        Holiday.objects.update_or_create(office=office, day=row.day, defaults=defaults)
    for hours in files.hours:
        other = {"name": hours.name, "until": hours.until, "hours": hours.by_weekday, "source": hours.source}
        SpecialHours.objects.update_or_create(office=office, since=hours.since, defaults=other)
    Office.objects.filter(pk=office.pk).update(calendar_stamp=F("calendar_stamp") + 1)
