"""Figures as they were given, imports and mappings, corrections."""

from datetime import date

from django.db import models
from django.db.models import Q

from himpun.archive.seals import SealedQuerySet, sealed
from himpun.indicators.models.dictionary import Element, Variable
from himpun.measure.periods import Kind, Period
from himpun.offices.models.offices import Office, Post
from himpun.offices.models.people import Person


class FigureQuerySet(SealedQuerySet["Figure"]):
    def current(self) -> "FigureQuerySet":
        """The figure that counts of every element, unit and period."""
        return self.filter(current=True)

    def of(self, period: Period) -> "FigureQuerySet":
        """The figures of one very period (not of the periods within it)."""
        return self.filter(year=period.year, month=period.last_month, months=period.kind.months)


@sealed("Angka", many_at_once=True)
class Figure(models.Model):
    """A collected figure: one element, unit and period, whoever brought it (a request, an import, a correction).

    `variable` is the definition it was collected by; a later version of the definition finds it by its element.

    Nothing is overwritten: a change is a new row with the next `version`, and the old one is no longer `current`.
    A period is kept as its year, last month and length in months. `frozen` figures change by a correction only.
    `source` is "request:12", "import:3" or "correction:5". `office` follows from the unit and `element` from the
    variable, so that the database need not check them again for each of a million imported rows (decision 9).
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="figures", db_index=False, db_constraint=False)
    variable = models.ForeignKey(Variable, models.PROTECT, related_name="figures", db_index=False)
    element = models.ForeignKey(Element, models.PROTECT, related_name="figures", db_index=False, db_constraint=False)
    unit = models.ForeignKey(Post, models.PROTECT, related_name="figures", db_index=False)
    year = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField()
    months = models.PositiveSmallIntegerField()
    number = models.DecimalField(max_digits=30, decimal_places=8, null=True)
    text = models.CharField(max_length=60, blank=True)
    version = models.PositiveIntegerField(default=1)
    current = models.BooleanField(default=True)
    frozen = models.BooleanField(default=False)
    source = models.CharField(max_length=60)
    at = models.DateTimeField()
    by = models.CharField(max_length=200)

    objects = FigureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "year", "element", "month", "months"],
                condition=Q(current=True),
                name="one_current_figure",
            ),
            models.CheckConstraint(condition=Q(month__gte=1, month__lte=12), name="figure_month_exists"),
            models.CheckConstraint(condition=Q(months__in=[1, 3, 6, 12]), name="figure_period_kind_exists"),
            models.CheckConstraint(condition=Q(number__isnull=False) | ~Q(text=""), name="figure_is_not_blank"),
        ]
        indexes = [
            models.Index(
                fields=["year", "months", "month", "element", "number"],
                condition=Q(current=True),
                name="figure_summed_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period.code} {self.text or self.number}"

    @property
    def period(self) -> Period:
        """The period the figure is of."""
        return Period(Kind.of_months(self.months), self.year, self.month // self.months)


@sealed("Impor angka", files=["sha256"])
class FigureImport(models.Model):
    """A file or message that brought figures: kept whole under its SHA-256, with what became of its rows."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="imports")
    name = models.CharField("berkas", max_length=200)
    format = models.CharField("bentuk", max_length=40)
    sha256 = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    rows = models.PositiveIntegerField("baris")
    added = models.PositiveIntegerField("baru")
    changed = models.PositiveIntegerField("berubah")
    same = models.PositiveIntegerField("tetap")
    at = models.DateTimeField()
    by = models.CharField(max_length=200)
    title = models.CharField(max_length=200)

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.rows} baris)"


@sealed("Impor yang ditarik")
class ImportTakenBack(models.Model):
    """An import that was taken back as a whole: its figures no longer count, and what they had displaced counts again."""

    figure_import = models.OneToOneField(FigureImport, models.PROTECT, related_name="taken_back")
    reason = models.TextField("alasan")
    restored = models.PositiveIntegerField("kembali seperti semula")
    emptied = models.PositiveIntegerField("kembali kosong")
    at = models.DateTimeField()
    by = models.CharField(max_length=200)
    title = models.CharField(max_length=200)

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="taken_back_for_a_reason")]

    def __str__(self) -> str:
        return f"{self.figure_import} ditarik kembali"


@sealed("Pemetaan kolom")
class ColumnMapping(models.Model):
    """How an office's own sheet becomes figures; found again by the shape of its header (`fingerprint`)."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="mappings")
    fingerprint = models.CharField(max_length=64)
    name = models.CharField("nama", max_length=200)
    mapping = models.JSONField()
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=200)

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["office", "fingerprint"], name="mapping_once_per_shape")]

    def __str__(self) -> str:
        return self.name


@sealed("Pemetaan kode")
class CodeMapping(models.Model):
    """Another system's code for one of ours: DHIS2's and ADX's data elements, organisation units and periods."""

    class Kind(models.TextChoices):
        ELEMENT = "unsur", "Unsur data (kode indikator.variabel)"
        UNIT = "unit", "Unit (kode jabatan)"
        COMBO = "rincian", "Rincian kategori bawaan (category option combo)"
        ATTRIBUTE = "atribut", "Rincian atribut bawaan (attribute option combo)"

    office = models.ForeignKey(Office, models.PROTECT, related_name="code_mappings")
    system = models.CharField("sistem", max_length=40)
    kind = models.CharField("jenis", max_length=10, choices=Kind.choices)
    foreign = models.CharField("kode di sana", max_length=120)
    own = models.CharField("kode di sini", max_length=120)

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["system", "kind", "foreign"]
        constraints = [
            models.UniqueConstraint(fields=["office", "system", "kind", "foreign"], name="foreign_code_once")
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.foreign} = {self.own}"


class CorrectionQuerySet(SealedQuerySet["Correction"]):
    def visible_to(self, person: Person, day: date) -> "CorrectionQuerySet":
        """Corrections are for everybody of the office: they change figures everybody reads."""
        return self.filter(office__in=Office.objects.visible_to(person, day))


@sealed("Koreksi", files=["evidence_sha256"])
class Correction(models.Model):
    """A change of a frozen figure: asked with reason and evidence by one person, decided by another."""

    class State(models.TextChoices):
        ASKED = "diajukan", "Menunggu persetujuan"
        APPROVED = "disetujui", "Disetujui"
        REFUSED = "ditolak", "Ditolak"

    office = models.ForeignKey(Office, models.PROTECT, related_name="corrections")
    figure = models.ForeignKey(Figure, models.PROTECT, related_name="corrections")
    old = models.CharField("angka lama", max_length=60)
    new = models.CharField("angka baru", max_length=60)
    reason = models.TextField("alasan")
    evidence_sha256 = models.CharField(max_length=64)
    evidence_name = models.CharField("bukti", max_length=200)
    evidence_type = models.CharField(max_length=100)
    state = models.CharField("status", max_length=20, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=200)
    asked_title = models.CharField(max_length=200)
    asked_person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_title = models.CharField(max_length=200, blank=True)
    decided_reason = models.TextField("alasan keputusan", blank=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="correction_needs_a_reason"),
            models.CheckConstraint(
                condition=Q(state="diajukan", decided_at__isnull=True)
                | ~Q(state="diajukan") & Q(decided_at__isnull=False),
                name="correction_decided_has_a_moment",
            ),
            models.UniqueConstraint(
                fields=["figure"], condition=Q(state="diajukan"), name="one_open_correction_per_figure"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old} menjadi {self.new}"
