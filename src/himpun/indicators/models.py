"""The indicator dictionary, targets, data requests with what units filled in, and frozen recaps.

Data belongs to a period ("2026-TW3"), not to the run that collected it; `origin` only remembers the run as text.
"""

from datetime import date

from django.db import models
from django.db.models import Q

from himpun.archive.seals import SealedQuerySet, sealed
from himpun.measure.periods import Frequency, Kind, Period
from himpun.measure.scoring.achievement import VariableKind
from himpun.measure.scoring.values import Aggregation, Polarity
from himpun.offices.models import Holding, Office, Person, Post
from himpun.offices.rules import MAY_SEE_ALL_VALUES


@sealed("Skala")
class Scale(models.Model):
    """What an office calls a capaian: levels from the highest down, as `scoring.Scale` reads them.

    `levels`: [{"name", "colour", "above": "90" or "", "inclusive": false}]. One scale a year may be the office's default.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="scales")
    name = models.CharField("nama skala", max_length=100)
    year = models.PositiveIntegerField("tahun")
    levels = models.JSONField("tingkat")
    default = models.BooleanField("skala kantor", default=False)
    source = models.CharField("dasar", max_length=200, blank=True)

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "name"]
        constraints = [
            models.UniqueConstraint(fields=["office", "name", "year"], name="scale_once_per_year"),
            models.UniqueConstraint(
                fields=["office", "year"], condition=Q(default=True), name="one_default_scale_per_year"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.year}"


class Element(models.Model):
    """A figure's name for all offices, "IKU-01.desa_baik": what figures of many offices are added up by."""

    code = models.CharField("kode", max_length=90, unique=True)

    def __str__(self) -> str:
        return self.code


class IndicatorQuerySet(SealedQuerySet["Indicator"]):
    def visible_to(self, person: Person, day: date) -> "IndicatorQuerySet":
        """The dictionary is for everybody of the office."""
        return self.filter(office__in=Office.objects.visible_to(person, day))

    def current(self) -> "IndicatorQuerySet":
        """The version in force of every indicator and year."""
        return self.filter(superseded_at__isnull=True)


@sealed("Indikator", many=["contributors"])
class Indicator(models.Model):
    """One entry of the dictionary for one year: the indicator's card.

    A definition freezes (`used_at`) when figures are first asked for by it; a change is then a new row with the next
    `version` and a reason, and the old row stays with the figures that were collected by it, `superseded_at` set.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="indicators")
    code = models.CharField("kode", max_length=40)
    name = models.CharField("nama", max_length=300)
    year = models.PositiveIntegerField("tahun")
    sasaran = models.CharField("sasaran", max_length=300)
    definition = models.TextField("definisi operasional", blank=True)
    rationale = models.TextField("alasan/manfaat", blank=True)
    formula = models.CharField("formula", max_length=500, blank=True)
    unit = models.CharField("satuan", max_length=60)
    polarity = models.CharField("polaritas", max_length=20, choices=Polarity.choices(), default=Polarity.POSITIVE)
    aggregation = models.CharField(
        "cara agregasi", max_length=20, choices=Aggregation.choices(), default=Aggregation.LAST
    )
    source = models.CharField("sumber data", max_length=300, blank=True)
    owner = models.ForeignKey(Post, models.PROTECT, related_name="indicators", verbose_name="penanggung jawab")
    frequency = models.CharField("frekuensi", max_length=20, choices=Frequency.choices(), default=Frequency.QUARTERLY)
    evidence_required = models.BooleanField("bukti dukung wajib", default=False)
    renstra_target = models.CharField("target akhir Renstra", max_length=60, blank=True)
    national_standard = models.CharField("standar nasional", max_length=60, blank=True)
    order = models.PositiveIntegerField("urutan", default=0)
    contributors = models.ManyToManyField(
        Post, related_name="contributions", blank=True, verbose_name="unit pengisi selain penanggung jawab"
    )
    grades = models.JSONField("nilai predikat", default=dict, blank=True)
    cap = models.DecimalField("batas atas capaian (%)", max_digits=7, decimal_places=2, null=True, blank=True)
    places = models.PositiveSmallIntegerField("angka di belakang koma", default=2)
    jump_percent = models.DecimalField(
        "lonjakan yang perlu dijelaskan (%)", max_digits=7, decimal_places=2, null=True, blank=True
    )
    scale = models.ForeignKey(Scale, models.PROTECT, null=True, blank=True, related_name="indicators")
    version = models.PositiveIntegerField("versi", default=1)
    used_at = models.DateTimeField("dipakai sejak", null=True, blank=True)
    superseded_at = models.DateTimeField("diganti pada", null=True, blank=True)
    change_reason = models.TextField("alasan perubahan", blank=True)
    changed_by = models.CharField("diubah oleh", max_length=200, blank=True)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "code", "year"],
                condition=Q(superseded_at__isnull=True),
                name="one_indicator_in_force_per_year",
            ),
            models.UniqueConstraint(fields=["office", "code", "year", "version"], name="indicator_version_once"),
            models.CheckConstraint(condition=Q(version=1) | ~Q(change_reason=""), name="new_version_needs_a_reason"),
        ]

    def __str__(self) -> str:
        return self.name


@sealed("Variabel")
class Variable(models.Model):
    """A raw figure an indicator is computed from: pembilang and penyebut, or one value."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="variables")
    name = models.CharField("nama", max_length=40)
    label = models.CharField("uraian", max_length=300)
    unit = models.CharField("satuan", max_length=60, blank=True)
    kind = models.CharField("jenis", max_length=20, choices=VariableKind.choices())
    order = models.PositiveIntegerField(default=0)
    element = models.ForeignKey(Element, models.PROTECT, null=True, related_name="variables")
    minimum = models.DecimalField("paling kecil", max_digits=30, decimal_places=8, null=True, blank=True)
    maximum = models.DecimalField("paling besar", max_digits=30, decimal_places=8, null=True, blank=True)
    whole = models.BooleanField("bilangan bulat", default=False)
    required = models.BooleanField("wajib diisi", default=True)

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["indicator", "name"], name="variable_once_per_indicator")]

    def __str__(self) -> str:
        return self.label


@sealed("Syarat angka")
class FigureCheck(models.Model):
    """What the figures of one indicator must fulfil together: "laki + perempuan = jumlah". Blocks, or asks why."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="checks")
    condition = models.CharField("syarat", max_length=300)
    sentence = models.CharField("kalimat bila tidak terpenuhi", max_length=300)
    blocks = models.BooleanField("menahan pengiriman", default=True)

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.condition


@sealed("Target")
class Target(models.Model):
    """The target of an indicator for a year or a period, as written: a number, a band "2,60–3,50" or a grade."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="targets")
    period = models.CharField("periode", max_length=10)
    value = models.CharField("target", max_length=60)

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["period"]
        constraints = [models.UniqueConstraint(fields=["indicator", "period"], name="target_once_per_period")]

    def __str__(self) -> str:
        return f"{self.period}: {self.value}"


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


@sealed("Rekap")
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

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["-frozen_at"]
        constraints = [models.UniqueConstraint(fields=["office", "period", "round"], name="recap_once_per_round")]

    def __str__(self) -> str:
        return f"Rekap {self.period}"


@sealed("Baris rekap")
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

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["recap", "indicator"], name="indicator_once_per_recap")]

    def __str__(self) -> str:
        return f"{self.indicator}"
