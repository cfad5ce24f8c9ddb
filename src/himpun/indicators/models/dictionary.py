"""The indicator dictionary, targets, data requests with what units filled in, and frozen recaps.

Data belongs to a period ("2026-TW3"), not to the run that collected it; `origin` only remembers the run as text.
"""

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import Q

from himpun.archive.seals import SealedQuerySet, sealed
from himpun.measure.formula.evaluating import Words
from himpun.measure.formula.parser import effective
from himpun.measure.formula.worked import write_in_words
from himpun.measure.periods import Frequency
from himpun.measure.scoring.achievement import VariableKind
from himpun.measure.scoring.quantities import Quantity, is_counted
from himpun.measure.scoring.values import WORDS, Aggregation, Polarity
from himpun.offices.models.offices import Office, Post
from himpun.offices.models.people import Person


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

    @property
    def effective_formula(self) -> str:
        """The formula as written, or the one that the kinds of the variables mean; "" where they mean none."""
        return effective(self.formula, self.unit, [(one.name, one.kind) for one in self.variables.all()])

    @property
    def formula_in_words(self) -> str:
        """The formula with what people call its variables; "" for words."""
        labels = {one.name: one.label for one in self.variables.all()}
        is_word = self.polarity in WORDS
        return write_in_words(self.formula if is_word else self.effective_formula, Words(labels))


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
    quantity = models.CharField("sifat angka", max_length=10, blank=True, default="", choices=Quantity.choices())
    required = models.BooleanField("wajib diisi", default=True)

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["indicator", "name"], name="variable_once_per_indicator")]

    def __str__(self) -> str:
        return self.label

    @property
    def least(self) -> Decimal | None:
        """The smallest number taken: what is counted begins at 0."""
        if not is_counted(self.quantity, self.unit):
            return self.minimum
        return max(self.minimum or Decimal(0), Decimal(0))

    @property
    def only_whole(self) -> bool:
        """Whether only whole numbers are taken."""
        return self.whole or is_counted(self.quantity, self.unit)


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
