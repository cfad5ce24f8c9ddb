"""One run of a procedure, and its tasks. A task belongs to a post; what is decided is never changed again."""

from datetime import date

from django.db import models
from django.db.models import Q

from himpun.letters.models import Letter
from himpun.offices.models import Holding, Office, Person, Post
from himpun.procedures.models import ProcedureVersion


class CycleQuerySet(models.QuerySet["Cycle"]):
    def visible_to(self, person: Person, day: date) -> "CycleQuerySet":
        """Cycles of the offices where `person` holds a post on `day`."""
        return self.filter(office__in=Holding.objects.on(day).filter(person=person).values("post__office"))


class Cycle(models.Model):
    """One run of one version of a procedure, for an office and a period."""

    class State(models.TextChoices):
        OPEN = "berjalan", "Berjalan"
        ENDED = "selesai", "Selesai"
        CANCELLED = "dibatalkan", "Dibatalkan"

    office = models.ForeignKey(Office, models.PROTECT, related_name="cycles")
    procedure = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="cycles")
    key = models.SlugField(max_length=64)
    period = models.CharField("periode", max_length=10)
    round = models.PositiveIntegerField("putaran", default=1)
    letter = models.ForeignKey(Letter, models.PROTECT, null=True, blank=True, related_name="cycles")
    parent = models.ForeignKey("Task", models.PROTECT, null=True, blank=True, related_name="children")
    state = models.CharField("status", max_length=20, choices=State.choices, default=State.OPEN)
    started_at = models.DateTimeField("dimulai")
    started_by = models.CharField(max_length=200)
    ended_at = models.DateTimeField("selesai", null=True, blank=True)
    cancel_reason = models.TextField("alasan pembatalan", blank=True)

    objects = CycleQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "key", "period"], condition=Q(state="berjalan"), name="one_open_cycle_per_period"
            ),
            models.UniqueConstraint(fields=["office", "key", "period", "round"], name="cycle_round_once"),
            models.CheckConstraint(
                condition=Q(state="berjalan", ended_at__isnull=True) | ~Q(state="berjalan") & Q(ended_at__isnull=False),
                name="ended_when_not_open",
            ),
            models.CheckConstraint(
                condition=~Q(state="dibatalkan") | ~Q(cancel_reason=""), name="cancelled_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure.name} {self.period}"

    @property
    def subject(self) -> str:
        """How the journal and documents name this cycle."""
        return f"cycle:{self.pk}"


class Task(models.Model):
    """One step waiting for, or decided by, a post. `part` marks a unit's share of a step, awaited by the step itself."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="tasks")
    visit = models.PositiveIntegerField("kunjungan")
    step_no = models.PositiveIntegerField("langkah")
    part = models.BooleanField(default=False)
    post = models.ForeignKey(Post, models.PROTECT, related_name="tasks")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="tasks_decided")
    person_name = models.CharField(max_length=200, blank=True)
    person_title = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["cycle", "visit", "part", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle"], condition=Q(decided_at__isnull=True, part=False), name="one_open_step_per_cycle"
            ),
            models.UniqueConstraint(
                fields=["cycle", "post"], condition=Q(decided_at__isnull=True, part=True), name="one_open_part_per_unit"
            ),
            models.UniqueConstraint(fields=["cycle", "visit"], condition=Q(part=False), name="one_step_per_visit"),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decision="", person_name="")
                | Q(decided_at__isnull=False) & ~Q(decision="") & ~Q(person_name=""),
                name="decided_when_what_and_by_whom",
            ),
        ]
        indexes = [
            models.Index(fields=["post"], condition=Q(decided_at__isnull=True), name="task_open_by_post"),
            models.Index(fields=["cycle"], condition=Q(decided_at__isnull=True), name="task_open_by_cycle"),
        ]

    def __str__(self) -> str:
        return f"Langkah {self.step_no}"

    @property
    def is_open(self) -> bool:
        return self.decided_at is None
