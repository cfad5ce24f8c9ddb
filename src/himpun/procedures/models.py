"""Published procedures, and the drafts that become one. A version is never edited: triggers refuse it on both databases."""

from functools import lru_cache

from django.db import models
from django.db.models import F, Q

from himpun.archive.seals import SealedQuerySet, sealed
from himpun.offices.models.offices import Office, Post
from himpun.offices.models.people import Person
from himpun.procedures.definition import Procedure
from himpun.procedures.problems import runnable
from himpun.procedures.rules import DEEDS, DEFAULT_RULE, Level


@sealed("Naskah SOP")
class ProcedureVersion(models.Model):
    """One published text of a procedure. Without an office it is shared by every office that has none of its own."""

    key = models.SlugField("kunci", max_length=64)
    name = models.CharField("nama", max_length=200)
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="procedures")
    number = models.PositiveIntegerField("versi")
    text = models.TextField("naskah TOML")
    sha256 = models.CharField(max_length=64)
    in_force_from = models.DateField("berlaku sejak")
    published_at = models.DateTimeField("diterbitkan")
    published_by = models.CharField("oleh", max_length=200)

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["key", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "key", "number"],
                condition=models.Q(office__isnull=False),
                name="procedure_version_once_per_office",
            ),
            models.UniqueConstraint(
                fields=["key", "number"], condition=models.Q(office__isnull=True), name="shared_procedure_version_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} versi {self.number}"

    @property
    def definition(self) -> Procedure:
        """The procedure this text says."""
        return _read(self.text)


@lru_cache(maxsize=256)
def _read(text: str) -> Procedure:
    return runnable(text)


@sealed("Persetujuan SOP")
class ApprovalSetting(models.Model):
    """Whose approvals an office's own SOP needs (a key of `rules.RULES`); an office without a row has the default."""

    office = models.OneToOneField(Office, models.CASCADE, related_name="sop_approval")
    rule = models.CharField("persetujuan SOP", max_length=40, default=DEFAULT_RULE)

    objects = SealedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.office}: {self.rule}"


@sealed("Naskah SOP yang diajukan", leave_out=["stamp", "told"])
class ProcedureDraft(models.Model):
    """A text that an office wants to publish. It is a version once everybody in `needs` has approved exactly this text.

    `revision` moves on when the text or the day changes; approvals of earlier revisions no longer count. `stamp` moves on
    with every act, `told` follows when the messages about it are written.
    """

    class State(models.TextChoices):
        WAITING = "menunggu", "Menunggu persetujuan"
        PUBLISHED = "terbit", "Terbit"
        REFUSED = "ditolak", "Ditolak"
        WITHDRAWN = "ditarik", "Ditarik"

    office = models.ForeignKey(Office, models.PROTECT, related_name="procedure_drafts")
    key = models.SlugField("kunci", max_length=64)
    name = models.CharField("nama", max_length=200)
    text = models.TextField("naskah TOML")
    sha256 = models.CharField(max_length=64)
    in_force_from = models.DateField("berlaku sejak")
    revision = models.PositiveIntegerField(default=1)
    needs = models.JSONField(default=list)
    written_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    written_name = models.CharField(max_length=400)
    written_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_name = models.CharField(max_length=400, blank=True)
    reason = models.CharField("alasan", max_length=500, blank=True)
    version = models.OneToOneField(ProcedureVersion, models.PROTECT, null=True, blank=True, related_name="draft")
    stamp = models.PositiveIntegerField(default=1)
    told = models.PositiveIntegerField(default=0)

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["-written_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "key"], condition=Q(state="menunggu"), name="one_waiting_draft_per_procedure"
            ),
            models.CheckConstraint(
                condition=Q(state="terbit", version__isnull=False) | ~Q(state="terbit") & Q(version__isnull=True),
                name="published_draft_has_its_version",
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=~Q(stamp=F("told")), name="draft_not_told")]

    def __str__(self) -> str:
        return f"Naskah {self.name}"

    @property
    def definition(self) -> Procedure:
        """The procedure this text says."""
        return _read(self.text)

    @property
    def levels(self) -> list[Level]:
        """The approvals it waits for, in order."""
        return [Level(deed, role) for deed, role in self.needs]

    def counted(self) -> "list[DraftApproval]":
        """The approvals that count, in order: those of exactly this text and day."""
        mine = (one for one in self.approvals.all() if (one.revision, one.sha256) == (self.revision, self.sha256))
        return sorted(mine, key=lambda one: one.pk)

    @property
    def next_level(self) -> Level | None:
        """Which approval is next; None when all are there."""
        given = {(one.deed, one.role) for one in self.counted()}
        return next((level for level in self.levels if (level.deed, level.role) not in given), None)


@sealed("Persetujuan naskah SOP")
class DraftApproval(models.Model):
    """A paraf or signature on one revision of a draft, bound to the SHA-256 of its text."""

    draft = models.ForeignKey(ProcedureDraft, models.PROTECT, related_name="approvals")
    revision = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    deed = models.CharField(max_length=20, choices=DEEDS.items())
    role = models.CharField(max_length=40)
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    title = models.CharField(max_length=200)
    at = models.DateTimeField()

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["draft", "revision", "deed", "role"], name="draft_approved_once_per_level"),
        ]

    def __str__(self) -> str:
        return f"{DEEDS[self.deed]} {self.title}"
