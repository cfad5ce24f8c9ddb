"""Offices (a tree), their posts, people, and who holds which post from when to when."""

from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from himpun.archive.seals import SealedQuerySet, sealed
from himpun.offices.vocabulary import MANDATES, HoldingKind, HolidayKind, LeaveKind

UNIT = "unit"


class OfficeKind(models.Model):
    """Kecamatan, Dinas, …: gives each role of a procedure its title in that kind of office."""

    code = models.SlugField(primary_key=True)
    name = models.CharField("nama", max_length=80)
    unit_word = models.CharField("sebutan unit", max_length=40)
    titles = models.JSONField("sebutan peran", default=dict)

    def __str__(self) -> str:
        return self.name


class OfficeQuerySet(SealedQuerySet["Office"]):
    def visible_to(self, person: "Person", day: date) -> "OfficeQuerySet":
        """The offices where `person` holds a post on `day`."""
        return self.filter(posts__holdings__in=Holding.objects.on(day).filter(person=person)).distinct()


@sealed("Kantor", leave_out=["calendar_stamp", "deadlines_stamp"])
class Office(models.Model):
    """One office. `day_minutes` is the length of "1 hari"; `hours` the working week; both settings of the office.

    `calendar_stamp` moves on with every change of hours or holidays, so that a kept calendar is known to be stale;
    `deadlines_stamp` is the one by which the open deadlines were last counted.
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

    objects = OfficeQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def titles(self) -> dict[str, str]:
        """Role → title here: the kind's titles, then the office's own posts where a role has one post."""
        own = dict(self.posts.exclude(role="").exclude(role=UNIT).values_list("role", "title"))
        return {**self.kind.titles, **own}


@sealed("Jabatan")
class Post(models.Model):
    """A position (jabatan). Tasks belong to posts, never to people."""

    office = models.ForeignKey(Office, models.CASCADE, related_name="posts")
    code = models.SlugField("kode", max_length=64)
    title = models.CharField("jabatan", max_length=200)
    role = models.SlugField("peran", max_length=40, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    unit_code = models.CharField("kode unit", max_length=40, blank=True)
    order = models.PositiveIntegerField("urutan", default=0)

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["office", "order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["office", "code"], name="post_code_once_per_office"),
            models.UniqueConstraint(
                fields=["office", "role"], condition=~Q(role="") & ~Q(role=UNIT), name="one_post_per_role_and_office"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PersonManager(BaseUserManager["Person"]):
    def get_queryset(self) -> SealedQuerySet["Person"]:
        """The people, in a queryset whose updates the turn sees."""
        return SealedQuerySet(self.model, using=self._db)

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "Person":
        """Make a person who can log in; without a password they cannot until one is set."""
        person = self.model(username=username, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


@sealed("Orang", leave_out=["password", "last_login"], hidden=["nip", "email"])
class Person(AbstractBaseUser):
    """Somebody who can log in. What they may do comes from the posts they hold, never from here.

    `access_no` moves on with every password: tokens and one-time links given under an older number are over.
    `home` is the office that looks after their name, address and access: the one that recorded them, until it lets them
    go to another. Holding a post elsewhere never changes it (docs/decisions/0016).
    """

    username = models.CharField("nama pengguna", max_length=150, unique=True)
    name = models.CharField("nama lengkap", max_length=200)
    nip = models.CharField("NIP", max_length=30, blank=True)
    rank = models.CharField("pangkat/golongan", max_length=80, blank=True)
    email = models.EmailField("surel", blank=True)
    is_active = models.BooleanField("aktif", default=True)
    access_no = models.PositiveIntegerField(default=0)
    home = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="people", verbose_name="kantor asal"
    )

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = PersonManager()

    def __str__(self) -> str:
        return self.name

    def set_password(self, raw_password: str | None) -> None:
        """Whoever sets a password, by whatever door, ends what was given under the older one."""
        super().set_password(raw_password)
        self.access_no += 1

    def set_unusable_password(self) -> None:
        super().set_unusable_password()
        self.access_no += 1


class OneTimeLink(models.Model):
    """A link by which a person sets their password, once; kept by the SHA-256 of its secret (`offices/access.py`)."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    access_no = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    expires = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires__gt=F("made_at")), name="link_ends_after_it_begins"),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(used_at__isnull=True, ended_at__isnull=True),
                name="one_open_link_per_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.made_at}"


class LoginTally(models.Model):
    """How often a name was tried from an address in one minute, in vain (`failed`) and not (`passed`).

    `who` is a keyed digest of the name as typed, since people type passwords there; `person` whose name it is, if any.
    """

    who = models.CharField(max_length=64)
    person = models.ForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="login_tallies")
    address = models.CharField(max_length=64)
    minute = models.PositiveBigIntegerField()
    failed = models.PositiveIntegerField(default=0)
    passed = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["who", "address", "minute"], name="login_tally_once_a_minute")]
        indexes = [
            models.Index(fields=["address", "minute"], name="login_tally_by_address"),
            models.Index(fields=["minute"], name="login_tally_by_minute"),
        ]

    def __str__(self) -> str:
        return f"{self.address}, {self.failed}/{self.passed}"


class HoldingQuerySet(SealedQuerySet["Holding"]):
    def on(self, day: date) -> "HoldingQuerySet":
        """The holdings in force on `day`, also of people on leave: what they may see."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)

    def present_on(self, day: date) -> "HoldingQuerySet":
        """The holdings in force on `day` whose person is not on leave: who may act."""
        return self.on(day).filter(~models.Exists(_leave_of_holder(day)))

    def marked_on(self, day: date) -> "HoldingQuerySet":
        """The holdings in force on `day`, each with `away_until` and `away_kind` of its person's leave (or None)."""
        away = _leave_of_holder(day).order_by("-until")
        return self.on(day).annotate(
            away_until=models.Subquery(away.values("until")[:1]), away_kind=models.Subquery(away.values("kind")[:1])
        )


def _leave_of_holder(day: date) -> "models.QuerySet[Leave]":
    return Leave.objects.filter(person=models.OuterRef("person"), since__lte=day, until__gte=day)


@sealed("Cuti")
class Leave(models.Model):
    """Days on which a person does not act in any of their posts, by a letter, and who stands in for them."""

    Kind = LeaveKind

    person = models.ForeignKey(Person, models.PROTECT, related_name="leaves")
    office = models.ForeignKey(Office, models.CASCADE, related_name="leaves")
    kind = models.CharField("jenis", max_length=10, choices=Kind.choices(), default=Kind.LEAVE)
    since = models.DateField("sejak")
    until = models.DateField("sampai")
    letter = models.CharField("surat", max_length=200, blank=True)
    substitute = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="stands_in")

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="leave_ends_after_it_begins"),
            models.UniqueConstraint(fields=["person", "since"], name="leave_once"),
        ]
        indexes = [models.Index(fields=["person", "until"], name="leave_by_person")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.person}"


@sealed("Pemangku jabatan")
class Holding(models.Model):
    """Who holds which post from when to when, and the letter that says so.

    `own_post` is set for a mandate (a.n., u.b.): the post whose title stands under "a.n. Camat". `leave` is set for a
    holding that a leave made for its substitute.
    """

    Kind = HoldingKind

    PREFERENCE: ClassVar[tuple[str, ...]] = (Kind.DEFINITIF, Kind.PJ, Kind.PLT, Kind.PLH, Kind.AN, Kind.UB)
    """In which capacity somebody acts who holds a post in several."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="holdings")
    person = models.ForeignKey(Person, models.PROTECT, related_name="holdings")
    kind = models.CharField("sebagai", max_length=10, choices=Kind.choices(), default=Kind.DEFINITIF)
    since = models.DateField("sejak")
    until = models.DateField("sampai", null=True, blank=True)
    letter = models.CharField("surat keputusan/perintah", max_length=200, blank=True)
    own_post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="mandates")
    leave = models.ForeignKey(Leave, models.PROTECT, null=True, blank=True, related_name="holdings")

    objects = HoldingQuerySet.as_manager()

    class Meta:
        ordering = ["post", "since"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="holding_ends_after_it_begins"
            ),
            models.UniqueConstraint(fields=["post", "person", "since", "kind"], name="holding_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person} sebagai {self.post}"

    @property
    def title(self) -> str:
        """The post's title as this holder signs it: "Plt. Camat", "a.n. Camat, Sekretaris Camat"."""
        return titled(self.post.title, self.kind, self.own_titles)

    @property
    def own_titles(self) -> tuple[str, ...]:
        """For a mandate, the titles under "a.n. Camat": the own post's, and for u.b. its superior's before it."""
        own = self.own_post
        if own is None:
            return ()
        above = own.parent if self.kind == Holding.Kind.UB else None
        return (above.title, own.title) if above else (own.title,)


@sealed("Penugasan", leave_out=["stamp", "told"], files=["file_sha256"])
class Appointment(models.Model):
    """That somebody recorded a holding, or a change of one, who let it come into force, and by which letter's file.

    What needs nobody else is in force at once. Else it waits, and gives nobody anything, until the person or their home
    office has accepted it (`needs_acceptance`) and a second person has confirmed it (`needs_confirmation`); which of
    them is needed says `rules.consents_needed`. Without `recorded_by` it came from the office's files.

    `holding` is what it made or changed; `changes` the holding it is to change, which was `before`. `stamp` moves on with
    every act, `told` follows when the messages about it are written.
    """

    class State(models.TextChoices):
        WAITING = "menunggu", "Menunggu persetujuan"
        IN_FORCE = "berlaku", "Berlaku"
        REFUSED = "ditolak", "Ditolak"
        WITHDRAWN = "ditarik", "Ditarik"

    post = models.ForeignKey(Post, models.CASCADE, related_name="appointments")
    person = models.ForeignKey(Person, models.PROTECT, related_name="appointments")
    kind = models.CharField(max_length=10, choices=Holding.Kind.choices())
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    letter = models.CharField(max_length=200, blank=True)
    own_post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")
    leave = models.ForeignKey(Leave, models.SET_NULL, null=True, blank=True, related_name="appointments")
    holding = models.ForeignKey(Holding, models.SET_NULL, null=True, blank=True, related_name="appointments")
    changes = models.ForeignKey(Holding, models.SET_NULL, null=True, blank=True, related_name="proposed_changes")
    before = models.JSONField(default=dict)
    file_sha256 = models.CharField(max_length=64, blank=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_name = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()
    needs_acceptance = models.BooleanField(default=False)
    needs_confirmation = models.BooleanField(default=False)
    accepted_name = models.CharField(max_length=400, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    confirmed_name = models.CharField(max_length=400, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_name = models.CharField(max_length=400, blank=True)
    reason = models.CharField("alasan", max_length=500, blank=True)
    stamp = models.PositiveIntegerField(default=1)
    told = models.PositiveIntegerField(default=0)

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["-recorded_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="berlaku")
                | (Q(needs_acceptance=False) | Q(accepted_at__isnull=False))
                & (Q(needs_confirmation=False) | Q(confirmed_at__isnull=False)),
                name="in_force_with_every_consent",
            ),
            models.UniqueConstraint(
                fields=["post", "person", "kind", "since"],
                condition=Q(state="menunggu"),
                name="one_waiting_appointment",
            ),
        ]
        indexes = [
            models.Index(fields=["post"], condition=Q(state="menunggu"), name="appointment_waiting"),
            models.Index(fields=["id"], condition=~Q(stamp=F("told")), name="appointment_not_told"),
        ]

    def __str__(self) -> str:
        return f"{self.person} sebagai {self.title}"

    @property
    def title(self) -> str:
        """The title it gives: "Plt. Camat"."""
        return Holding(post=self.post, kind=self.kind, own_post=self.own_post).title

    @property
    def missing(self) -> list[str]:
        """Which consents it still waits for, in words."""
        waits = [
            (self.needs_acceptance and not self.accepted_at, "persetujuan yang bersangkutan atau kantor asalnya"),
            (self.needs_confirmation and not self.confirmed_at, "pengesahan orang kedua"),
        ]
        return [words for missing, words in waits if missing]


TITLE_ROOM = 200


def titled(title: str, kind: str, own: tuple[str, ...] = ()) -> str:
    """A post's title with the capacity of its holder: "Plt. Camat", "a.n. Camat, Sekretaris Camat, u.b. Kasubbag Umum".

    Nothing is added for definitif. Cut to what the tables hold (`TITLE_ROOM` letters).
    """
    if kind == Holding.Kind.DEFINITIF:
        return title
    if kind not in MANDATES:
        return _cut(f"{kind}. {title}")
    under = [*own[:-1], f"u.b. {own[-1]}"] if len(own) > 1 else own
    return _cut(", ".join([f"a.n. {title}", *under]))


def _cut(text: str) -> str:
    return text if len(text) <= TITLE_ROOM else f"{text[: TITLE_ROOM - 1]}…"


@sealed("Hari libur")
class Holiday(models.Model):
    """A day on which nobody works: national (office is null) or of one office, with the decree as its source.

    An office's own row comes before the national one of the same day; `WORKING` says that it works all the same.
    """

    Kind = HolidayKind

    office = models.ForeignKey(Office, models.CASCADE, null=True, blank=True, related_name="holidays")
    day = models.DateField("tanggal")
    kind = models.CharField("jenis", max_length=20, choices=Kind.choices(), default=Kind.LOCAL)
    name = models.CharField("nama", max_length=200)
    source = models.CharField("dasar", max_length=200, blank=True)

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "day"], condition=Q(office__isnull=False), name="holiday_once_per_office_and_day"
            ),
            models.UniqueConstraint(
                fields=["day"], condition=Q(office__isnull=True), name="national_holiday_once_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


@sealed("Jam khusus")
class SpecialHours(models.Model):
    """Days with other working hours (Ramadan): national (office is null) or of one office, with their source.

    `hours` maps a weekday to its intervals as `Office.hours` does; a weekday left out keeps the usual hours. An office's
    own row comes before a national one; between two of the same kind the later beginning counts.
    """

    office = models.ForeignKey(Office, models.CASCADE, null=True, blank=True, related_name="special_hours")
    name = models.CharField("nama", max_length=200)
    since = models.DateField("sejak")
    until = models.DateField("sampai")
    hours = models.JSONField("jam kerja", default=dict)
    source = models.CharField("dasar", max_length=200, blank=True)

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["since"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="special_hours_end_after_they_begin"),
            models.UniqueConstraint(
                fields=["office", "since"], condition=Q(office__isnull=False), name="special_hours_once_per_office"
            ),
            models.UniqueConstraint(fields=["since"], condition=Q(office__isnull=True), name="national_hours_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.since}–{self.until}"
