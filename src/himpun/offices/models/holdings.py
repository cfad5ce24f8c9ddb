"""Offices (a tree), their posts, people, and who holds which post from when to when."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from himpun.archive.seals import SealedQuerySet, sealed
from himpun.offices.models.offices import Office, Post
from himpun.offices.models.people import Person
from himpun.offices.vocabulary import MANDATES, HoldingKind, LeaveKind


class HoldingQuerySet(SealedQuerySet["Holding"]):
    def on(self, day: date) -> "HoldingQuerySet":
        """The holdings in force on `day`, also of people on leave: what they may see."""
        return self.between(day, day)

    def between(self, first: date, last: date) -> "HoldingQuerySet":
        """The holdings in force on a day of these, the first and the last too."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=first), since__lte=last)

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
        above = own.parent if own and self.kind == Holding.Kind.UB else None
        return mandate_titles(self.kind, own.title if own else None, above.title if above else None)


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


def mandate_titles(kind: str, own: str | None, above: str | None) -> tuple[str, ...]:
    """The titles under "a.n. Camat" of who holds by mandate: their own post's, and for u.b. its superior's before it."""
    if own is None:
        return ()
    return (above, own) if above and kind == Holding.Kind.UB else (own,)


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
