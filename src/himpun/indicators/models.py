"""The indicator dictionary, targets, data requests with what units filled in, and frozen recaps.

Data belongs to a period ("2026-TW3"), not to the run that collected it; `origin` only remembers the run as text.
"""

from datetime import date

from django.db import models
from django.db.models import Q

from himpun.offices.models import Holding, Office, Person, Post
from himpun.offices.rules import MAY_SEE_ALL_VALUES


class Indicator(models.Model):
    """One entry of the dictionary: the indicator card of domain.md §3."""

    class Polarity(models.TextChoices):
        POSITIVE = "positif", "Positif"
        NEGATIVE_A = "negatif-a", "Negatif (2T−R)/T"
        NEGATIVE_B = "negatif-b", "Negatif T/R"
        RANGE = "range", "Rentang"
        STABLE = "stabil", "Stabil"
        GRADE = "predikat", "Predikat"

    class Aggregation(models.TextChoices):
        SUM = "jumlah", "Jumlah"
        CUMULATIVE = "kumulatif", "Kumulatif"
        LAST = "posisi-akhir", "Posisi akhir"
        MEAN = "rata-rata", "Rata-rata"
        YEARLY = "tahunan", "Tahunan"

    class Frequency(models.TextChoices):
        MONTHLY = "bulanan", "Bulanan"
        QUARTERLY = "triwulanan", "Triwulanan"
        HALF_YEARLY = "semesteran", "Semesteran"
        YEARLY = "tahunan", "Tahunan"

    office = models.ForeignKey(Office, models.PROTECT, related_name="indicators")
    code = models.CharField("kode", max_length=40)
    name = models.CharField("nama", max_length=300)
    year = models.PositiveIntegerField("tahun")
    sasaran = models.CharField("sasaran", max_length=300)
    definition = models.TextField("definisi operasional", blank=True)
    rationale = models.TextField("alasan/manfaat", blank=True)
    formula = models.CharField("formula", max_length=500, blank=True)
    unit = models.CharField("satuan", max_length=60)
    polarity = models.CharField("polaritas", max_length=20, choices=Polarity.choices, default=Polarity.POSITIVE)
    aggregation = models.CharField(
        "cara agregasi", max_length=20, choices=Aggregation.choices, default=Aggregation.LAST
    )
    source = models.CharField("sumber data", max_length=300, blank=True)
    owner = models.ForeignKey(Post, models.PROTECT, related_name="indicators", verbose_name="penanggung jawab")
    frequency = models.CharField("frekuensi", max_length=20, choices=Frequency.choices, default=Frequency.QUARTERLY)
    evidence_required = models.BooleanField("bukti dukung wajib", default=False)
    renstra_target = models.CharField("target akhir Renstra", max_length=60, blank=True)
    national_standard = models.CharField("standar nasional", max_length=60, blank=True)
    order = models.PositiveIntegerField("urutan", default=0)

    class Meta:
        ordering = ["order", "code"]
        constraints = [models.UniqueConstraint(fields=["office", "code", "year"], name="indicator_once_per_year")]

    def __str__(self) -> str:
        return self.name


class Variable(models.Model):
    """A raw figure an indicator is computed from: pembilang and penyebut, or one value."""

    class Kind(models.TextChoices):
        NUMERATOR = "pembilang", "Pembilang"
        DENOMINATOR = "penyebut", "Penyebut"
        VALUE = "nilai", "Nilai"

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="variables")
    name = models.CharField("nama", max_length=40)
    label = models.CharField("uraian", max_length=300)
    unit = models.CharField("satuan", max_length=60, blank=True)
    kind = models.CharField("jenis", max_length=20, choices=Kind.choices)
    order = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["indicator", "name"], name="variable_once_per_indicator")]

    def __str__(self) -> str:
        return self.label


class Target(models.Model):
    """The target of an indicator for a year or a period, as written: a number, a band "2,60–3,50" or a grade."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="targets")
    period = models.CharField("periode", max_length=10)
    value = models.CharField("target", max_length=60)

    class Meta:
        ordering = ["period"]
        constraints = [models.UniqueConstraint(fields=["indicator", "period"], name="target_once_per_period")]

    def __str__(self) -> str:
        return f"{self.period}: {self.value}"


class DataRequestQuerySet(models.QuerySet["DataRequest"]):
    def visible_to(self, person: Person, day: date) -> "DataRequestQuerySet":
        """A unit sees its own requests; those who collect or judge see all of their office's."""
        held = Holding.objects.on(day).filter(person=person)
        all_seers = held.filter(post__role__in=MAY_SEE_ALL_VALUES).values("post__office")
        return self.filter(Q(unit__in=held.values("post")) | Q(office__in=all_seers))


class DataRequest(models.Model):
    """What one unit is asked for one period. A repeated collection of the same period is a new round."""

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


class RequestLine(models.Model):
    """One indicator in a request: note, nihil with its reason. The figures are its values."""

    request = models.ForeignKey(DataRequest, models.CASCADE, related_name="lines")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="lines")
    order = models.PositiveIntegerField(default=0)
    note = models.TextField("catatan", blank=True)
    nihil = models.BooleanField("nihil", default=False)
    nihil_reason = models.CharField("alasan nihil", max_length=300, blank=True)
    saved_at = models.DateTimeField(null=True, blank=True)
    saved_by = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["request", "indicator"], name="indicator_once_per_request")]

    def __str__(self) -> str:
        return f"{self.indicator}"


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


class Recap(models.Model):
    """The frozen figures of one period and round. `digest` is the SHA-256 of the canonical JSON of the frozen lines.

    A recap whose run was cancelled is withdrawn: it stays to be read, and counts for nothing.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="recaps")
    period = models.CharField("periode", max_length=10)
    round = models.PositiveIntegerField("putaran", default=1)
    origin = models.CharField(max_length=120, db_index=True)
    digest = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()
    frozen_by = models.CharField(max_length=200)
    frozen_title = models.CharField(max_length=200)
    finished_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-frozen_at"]
        constraints = [models.UniqueConstraint(fields=["office", "period", "round"], name="recap_once_per_round")]

    def __str__(self) -> str:
        return f"Rekap {self.period}"


class RecapLine(models.Model):
    """One indicator's frozen figures and score, and the analysis written about it afterwards.

    `frozen` holds what was computed, as text so that it stays exact: variables, target, actual, achievement, category,
    formula, reason. It never changes; `cause` and `follow_up` do until the recap is finished.
    """

    recap = models.ForeignKey(Recap, models.CASCADE, related_name="lines")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="recap_lines")
    unit = models.ForeignKey(Post, models.PROTECT, related_name="+")
    source_line = models.ForeignKey(RequestLine, models.PROTECT, null=True, related_name="+")
    order = models.PositiveIntegerField(default=0)
    frozen = models.JSONField()
    cause = models.TextField("penyebab", blank=True)
    follow_up = models.TextField("tindak lanjut", blank=True)

    class Meta:
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["recap", "indicator"], name="indicator_once_per_recap")]

    def __str__(self) -> str:
        return f"{self.indicator}"
