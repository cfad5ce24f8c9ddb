"""One run of a procedure, and its tasks. A task belongs to a post; what is decided is never changed again."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from himpun.archive.seals import SealedQuerySet, sealed
from himpun.letters.models import Letter
from himpun.notifications.models import Message
from himpun.offices.models.holdings import Holding
from himpun.offices.models.offices import Office, Post
from himpun.offices.models.people import Person
from himpun.procedures.models import ProcedureVersion


class CycleQuerySet(SealedQuerySet["Cycle"]):
    def visible_to(self, person: Person, day: date) -> "CycleQuerySet":
        """Cycles of the offices where `person` holds a post on `day`."""
        return self.filter(office__in=Holding.objects.on(day).filter(person=person).values("post__office"))


@sealed("Siklus")
class Cycle(models.Model):
    """One run of one version of a procedure, for an office and a period.

    `corrects` is the run whose signed document this one issues anew with the figures corrected since: it begins where the
    document is written, with a recap of its own.
    """

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
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrected_by")
    state = models.CharField("status", max_length=20, choices=State.choices, default=State.OPEN)
    started_at = models.DateTimeField("dimulai")
    started_by = models.CharField(max_length=200)
    ended_at = models.DateTimeField("selesai", null=True, blank=True)
    due_at = models.DateTimeField("batas akhir", null=True, blank=True)
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


@sealed("Langkah", leave_out=["nudge_at", "counted_as"], when=Q(decided_at__isnull=False))
class Task(models.Model):
    """One step waiting for, or decided by, a post. `part` marks a unit's share of a step, awaited by the step itself.

    `nudge_at` is when the reminders next have to look at it: when it is opened, and then at each of its rules' moments.
    `counted_as` is the standard time by which its due moment was counted, where the text of the SOP was read otherwise
    when it was opened than it is read now; "" for the text itself.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="tasks")
    visit = models.PositiveIntegerField("kunjungan")
    step_no = models.PositiveIntegerField("langkah")
    part = models.BooleanField(default=False)
    post = models.ForeignKey(Post, models.PROTECT, related_name="tasks")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    nudge_at = models.DateTimeField(null=True, blank=True)
    counted_as = models.CharField(max_length=200, blank=True, default="", db_default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="tasks_decided")
    person_name = models.CharField(max_length=200, blank=True)
    person_title = models.CharField(max_length=200, blank=True)

    objects = SealedQuerySet.as_manager()

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
            models.Index(
                fields=["nudge_at"], condition=Q(decided_at__isnull=True, nudge_at__isnull=False), name="task_to_nudge"
            ),
        ]

    def __str__(self) -> str:
        return f"Langkah {self.step_no}"

    @property
    def is_open(self) -> bool:
        return self.decided_at is None


@sealed("Jeda")
class Pause(models.Model):
    """Days on which a cycle's clock stands still, with the reason. Its working time is added to every open deadline."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="pauses")
    since = models.DateTimeField("sejak")
    until = models.DateTimeField("sampai", null=True, blank=True)
    reason = models.TextField("alasan")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    person_name = models.CharField(max_length=200)
    person_title = models.CharField(max_length=200)

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["cycle", "since"]
        constraints = [
            models.UniqueConstraint(fields=["cycle"], condition=Q(until__isnull=True), name="one_open_pause_per_cycle"),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="pause_ends_later"),
            models.CheckConstraint(condition=~Q(reason=""), name="paused_with_a_reason"),
        ]

    def __str__(self) -> str:
        return f"Jeda {self.cycle}"


@sealed("Jadwal")
class Schedule(models.Model):
    """A procedure that an office starts by itself for every period of a kind.

    `workday` is the working day it starts on: 1 is the first after the period's end, 3 the third; -1 is the last within
    it, -2 the one before that. `deadline_days` sets the cycle's final deadline: so many days after the period's end
    (of the kind `deadline_in`), at the end of that day's work, or the next working day's; none where it is empty.
    """

    class Days(models.TextChoices):
        CALENDAR = "kalender", "hari kalender"
        WORKING = "kerja", "hari kerja"

    office = models.ForeignKey(Office, models.CASCADE, related_name="schedules")
    key = models.SlugField("prosedur", max_length=64)
    kind = models.CharField("setiap", max_length=10)
    workday = models.SmallIntegerField("hari kerja ke-", default=1)
    at = models.TimeField("pukul", default="08:00")
    deadline_days = models.PositiveSmallIntegerField("batas akhir (hari)", null=True, blank=True)
    deadline_in = models.CharField(max_length=10, choices=Days.choices, default=Days.CALENDAR)
    active = models.BooleanField("aktif", default=True)
    active_from = models.DateField("mulai berlaku")
    made_by = models.CharField(max_length=200)

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["office", "key", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["office", "key", "kind"], name="one_schedule_per_kind"),
            models.CheckConstraint(condition=~Q(workday=0), name="schedule_on_a_counted_day"),
        ]

    def __str__(self) -> str:
        return f"{self.key} setiap {self.kind}"

    @property
    def before(self) -> int:
        """How many working days back from the period's end it starts; 0 when it starts after it."""
        return max(-self.workday, 0)


@sealed("Siklus terjadwal")
class ScheduleRun(models.Model):
    """What became of one period of a schedule: the row that makes it happen once."""

    class State(models.TextChoices):
        STARTED = "dimulai", "Dimulai"
        ALREADY = "sudah-ada", "Sudah berjalan atau selesai"
        FAILED = "gagal", "Gagal"

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="runs")
    period = models.CharField("periode", max_length=10)
    planned_at = models.DateTimeField("seharusnya")
    at = models.DateTimeField("pada")
    state = models.CharField(max_length=20, choices=State.choices)
    cycle = models.ForeignKey(Cycle, models.PROTECT, null=True, blank=True, related_name="schedule_runs")
    reason = models.CharField(max_length=400, blank=True)

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["schedule", "-planned_at"]
        constraints = [models.UniqueConstraint(fields=["schedule", "period"], name="scheduled_once_per_period")]

    def __str__(self) -> str:
        return f"{self.schedule} {self.period}"


@sealed("Aturan pengingat")
class ReminderRule(models.Model):
    """When whom a procedure's open steps remind of their due moment. A procedure without rows has the usual rules.

    `amount` is a working time as the SOP writes it ("4 jam", "1 hari"), empty for the due moment itself; `up` how many
    steps up the line the message goes (0: the holder, 1: their superior, …).
    """

    class When(models.TextChoices):
        BEFORE = "sebelum", "Sebelum batas waktu"
        AT = "tepat", "Tepat pada batas waktu"
        AFTER = "sesudah", "Sesudah batas waktu"

    office = models.ForeignKey(Office, models.CASCADE, related_name="reminder_rules")
    key = models.SlugField("prosedur", max_length=64)
    when = models.CharField(max_length=10, choices=When.choices)
    amount = models.CharField("waktu", max_length=40, blank=True)
    up = models.PositiveSmallIntegerField("ke atas", default=0)
    obligatory = models.BooleanField("wajib", default=True)

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["office", "key", "id"]
        constraints = [
            models.UniqueConstraint(fields=["office", "key", "when", "amount", "up"], name="reminder_rule_once"),
        ]

    def __str__(self) -> str:
        return f"{self.when} {self.amount}"


class Nudge(models.Model):
    """One reminder of one task by one rule for one due moment: the row that makes it happen once.

    `rule` is the rule as text ("sebelum 4 jam ↑0"), or "manual 2026-11-24" for one a person sent. `message` is empty
    where it was passed over because its moment was gone (the worker was away and the due moment had come).
    """

    task = models.ForeignKey(Task, models.CASCADE, related_name="nudges")
    rule = models.CharField(max_length=60)
    due_at = models.DateTimeField()
    planned_at = models.DateTimeField()
    at = models.DateTimeField()
    message = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True, related_name="nudges")
    person_name = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["task", "at", "id"]
        constraints = [models.UniqueConstraint(fields=["task", "rule", "due_at"], name="nudged_once")]

    def __str__(self) -> str:
        return f"{self.rule} {self.task}"


def cycle_named(subject: str) -> Cycle | None:
    """The cycle that documents, requests and recaps name as text ("cycle:12"); None when they name something else."""
    source, _, pk = subject.partition(":")
    if source != "cycle" or not pk.isdigit():
        return None
    return Cycle.objects.filter(pk=int(pk)).select_related("office", "procedure").first()
