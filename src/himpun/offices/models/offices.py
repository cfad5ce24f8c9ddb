"""Offices (a tree) and their posts."""

from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from himpun import clock
from himpun.archive.seals import SealedQuerySet, sealed

if TYPE_CHECKING:
    from himpun.offices.models.people import Person

UNIT = "unit"


class OfficeKind(models.Model):
    """Kecamatan, Dinas, …: gives each role of a procedure its title in that kind of office."""

    code = models.SlugField(primary_key=True)
    name = models.CharField("nama", max_length=80)
    unit_word = models.CharField("sebutan unit", max_length=40)
    titles = models.JSONField("sebutan peran", default=dict)

    def __str__(self) -> str:
        return self.name


class Paper(models.TextChoices):
    """What an office prints on."""

    A4 = "a4", "A4 (210 × 297 mm)"
    F4 = "f4", "F4/folio (215 × 330 mm)"


class OfficeQuerySet(SealedQuerySet["Office"]):
    def visible_to(self, person: "Person", day: date) -> "OfficeQuerySet":
        """The offices where `person` holds a post on `day`."""
        from himpun.offices.models.holdings import Holding  # holdings know posts, not the other way round

        return self.filter(posts__holdings__in=Holding.objects.on(day).filter(person=person)).distinct()


@sealed("Kantor", leave_out=["calendar_stamp", "deadlines_stamp"])
class Office(models.Model):
    """One office. `day_minutes` is the length of "1 hari"; `hours` the working week; both settings of the office.

    `calendar_stamp` moves on with every change of hours or holidays, so that a kept calendar is known to be stale;
    `deadlines_stamp` is the one by which the open deadlines were last counted. `public_url` goes out with papers and mails.
    """

    code = models.SlugField("kode", max_length=64, unique=True)
    name = models.CharField("nama", max_length=200)
    kind = models.ForeignKey(OfficeKind, models.PROTECT)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    government = models.CharField("pemerintah daerah", max_length=200)
    address = models.CharField("alamat", max_length=300, blank=True)
    contact = models.CharField("kontak", max_length=300, blank=True)
    city = models.CharField("tempat penandatanganan", max_length=100)
    timezone = models.CharField("zona waktu", max_length=40, default="Asia/Jakarta")
    day_minutes = models.PositiveIntegerField("panjang 1 hari (menit)", default=480)
    hours = models.JSONField("jam kerja", default=dict)
    calendar_stamp = models.PositiveIntegerField(default=0)
    deadlines_stamp = models.PositiveIntegerField(default=0)
    may_approve_twice = models.BooleanField("satu orang boleh memaraf dan menandatangani", default=False)
    number_patterns = models.JSONField("pola nomor", default=dict)
    synthetic = models.BooleanField("contoh", default=False)
    public_url = models.CharField("alamat publik", max_length=200, blank=True, default="")
    paper = models.CharField("ukuran kertas", max_length=8, choices=Paper.choices, default=Paper.A4)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def base_url(self) -> str:
        """What stands before the path in the office's QR codes, links and mails: its own, else the installation's."""
        return self.public_url or str(settings.BASE_URL)

    def today(self) -> date:
        """The present day here, by the office's own zone."""
        return clock.today(ZoneInfo(self.timezone))

    def titles(self) -> dict[str, str]:
        """Role → title here: the kind's titles, then the office's own posts where a role has one post."""
        own = dict(self.posts.exclude(role="").exclude(role=UNIT).values_list("role", "title"))
        return {**self.kind.titles, **own}


class PostQuerySet(SealedQuerySet["Post"]):
    def there_on(self, day: date, since: date | None = None) -> "PostQuerySet":
        """The posts that are there on `day`; with `since` also no later than opened by then (the end of a period)."""
        begun = Q(since__isnull=True) | Q(since__lte=min(day, since) if since else day)
        return self.filter(begun, Q(until__isnull=True) | Q(until__gte=day))

    def to_choose(self, day: date, *chosen: str) -> "PostQuerySet":
        """The posts that are there on `day`, and those chosen before (by code or key), also where they were closed since."""
        keys = [int(one) for one in chosen if one.isdecimal()]
        return self.there_on(day) | self.filter(Q(code__in=chosen) | Q(pk__in=keys))


@sealed("Jabatan")
class Post(models.Model):
    """A position (jabatan). Tasks belong to posts, never to people.

    `since` and `until` are the first and the last day on which it is there, where it was opened or closed: outside of them
    nothing is asked of it. What it did stays where it is.
    """

    office = models.ForeignKey(Office, models.CASCADE, related_name="posts")
    code = models.SlugField("kode", max_length=64)
    title = models.CharField("jabatan", max_length=200)
    role = models.SlugField("peran", max_length=40, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    unit_code = models.CharField("kode unit", max_length=40, blank=True)
    order = models.PositiveIntegerField("urutan", default=0)
    since = models.DateField("dibuka sejak", null=True, blank=True)
    until = models.DateField("ditutup sesudah", null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ["office", "order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["office", "code"], name="post_code_once_per_office"),
            models.UniqueConstraint(
                fields=["office", "role"], condition=~Q(role="") & ~Q(role=UNIT), name="one_post_per_role_and_office"
            ),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gte=F("since")),
                name="post_closed_after_it_opened",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def there_in(self, first: date, last: date) -> bool:
        """Whether it is there on a day from `first` to `last`."""
        return (self.since is None or self.since <= last) and (self.until is None or self.until >= first)
