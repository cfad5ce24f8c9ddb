"""Requests for data, their lines, drafts of figures, evidence, forms that arrived."""

from datetime import date

from django.db import models
from django.db.models import Q

from himpun.archive.seals import SealedQuerySet, sealed
from himpun.indicators.models.dictionary import Indicator, Variable
from himpun.offices.models.holdings import Holding
from himpun.offices.models.offices import Office, Post
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_SEE_ALL_VALUES


class DataRequestQuerySet(SealedQuerySet["DataRequest"]):
    def visible_to(self, person: Person, day: date) -> "DataRequestQuerySet":
        """A unit sees its own requests; those who collect or judge see all of their office's."""
        held = Holding.objects.on(day).filter(person=person)
        all_seers = held.filter(post__role__in=MAY_SEE_ALL_VALUES).values("post__office")
        return self.filter(Q(unit__in=held.values("post")) | Q(office__in=all_seers))


@sealed("Permintaan data")
class DataRequest(models.Model):
    """What one unit is asked for one period. A repeated collection of the same period is a new round.

    A request whose run was cancelled before its recap was frozen is withdrawn: its answer stays to be read, and counts
    for nothing.
    """

    class State(models.TextChoices):
        PREPARED = "disiapkan", "Disiapkan"
        SENT = "dikirim", "Menunggu isian"
        SUBMITTED = "dijawab", "Sudah dijawab"
        RETURNED = "dikembalikan", "Dikembalikan"
        EXCUSED = "dikecualikan", "Dikecualikan"
        FROZEN = "dibekukan", "Dibekukan"

    office = models.ForeignKey(Office, models.PROTECT, related_name="requests")
    unit = models.ForeignKey(Post, models.PROTECT, related_name="requests")
    period = models.CharField("periode", max_length=10)
    round = models.PositiveIntegerField("putaran", default=1)
    origin = models.CharField(max_length=120, db_index=True)
    state = models.CharField("status", max_length=20, choices=State.choices, default=State.PREPARED)
    due_at = models.DateTimeField("batas waktu", null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.CharField(max_length=200, blank=True)
    submitted_title = models.CharField(max_length=200, blank=True)
    reason = models.TextField("alasan", blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = DataRequestQuerySet.as_manager()

    OPEN = (State.SENT, State.RETURNED)
    CLOSED = (State.SUBMITTED, State.EXCUSED, State.FROZEN)

    class Meta:
        ordering = ["-period", "unit__order", "-round"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "unit", "period", "round"], name="request_once_per_unit_and_round"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["dikembalikan", "dikecualikan"]) | ~Q(reason=""),
                name="return_and_excuse_need_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"Permintaan {self.period} kepada {self.unit}"

    @property
    def is_open(self) -> bool:
        """The unit can still fill in."""
        return self.state in self.OPEN


@sealed("Isian", by_hand=True, when=Q(request__state__in=["dijawab", "dibekukan"]))
class RequestLine(models.Model):
    """One indicator in a request: note, nihil with its reason. The figures are its values."""

    request = models.ForeignKey(DataRequest, models.CASCADE, related_name="lines")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="lines")
    order = models.PositiveIntegerField(default=0)
    note = models.TextField("catatan", blank=True)
    nihil = models.BooleanField("nihil", default=False)
    nihil_reason = models.CharField("alasan nihil", max_length=300, blank=True)
    explanation = models.TextField("penjelasan atas peringatan", blank=True)
    saved_at = models.DateTimeField(null=True, blank=True)
    saved_by = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["request", "indicator"], name="indicator_once_per_request")]

    def __str__(self) -> str:
        return f"{self.indicator}"


@sealed("Angka isian", by_hand=True, when=Q(line__request__state__in=["dijawab", "dibekukan"]))
class Value(models.Model):
    """One raw figure, exact. A row exists only where something was typed: blank is not 0."""

    line = models.ForeignKey(RequestLine, models.CASCADE, related_name="values")
    variable = models.ForeignKey(Variable, models.PROTECT, related_name="values")
    number = models.DecimalField("angka", max_digits=30, decimal_places=8, null=True, blank=True)
    text = models.CharField("isian", max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "variable"], name="value_once_per_line_and_variable")]

    def __str__(self) -> str:
        return self.text


@sealed("Bukti dukung", by_hand=True, when=Q(line__request__state__in=["dijawab", "dibekukan"]), files=["sha256"])
class Evidence(models.Model):
    """A file that shows a figure is true, kept under its SHA-256."""

    line = models.ForeignKey(RequestLine, models.CASCADE, related_name="evidence")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    media_type = models.CharField(max_length=100)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=200)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["line", "sha256"], name="evidence_once_per_line")]

    def __str__(self) -> str:
        return self.name


@sealed("Lembar lewat surel", leave_out=["handled_at"], files=["sha256"])
class FormArrival(models.Model):
    """A filled-in form that came by mail and waits for its unit: nothing of it counts until somebody of the unit applies it."""

    request = models.ForeignKey(DataRequest, models.CASCADE, related_name="arrivals")
    sha256 = models.CharField(max_length=64)
    name = models.CharField("berkas", max_length=200)
    sender = models.CharField("pengirim", max_length=200)
    at = models.DateTimeField("datang")
    handled_at = models.DateTimeField("diperiksa", null=True, blank=True)

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["request", "sha256"], name="arrival_once_per_request")]

    def __str__(self) -> str:
        return self.name
