"""Programs with their pagu, realisasi and physical progress per month, what indicators they serve, and how they are judged."""

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import Q

from himpun.archive.seals import SealedQuerySet, sealed
from himpun.budgets.efficiency import DEFAULT_CAP, DEFAULT_TOLERANCE, RULE_NAMES, Chosen
from himpun.budgets.rollup import Level
from himpun.budgets.worth import EfficiencyRule
from himpun.measure.numbers import write_number
from himpun.offices.models.holdings import Holding
from himpun.offices.models.offices import Office, Post
from himpun.offices.models.people import Person

MONEY_DIGITS, MONEY_PLACES = 15, 2
"""What both databases keep to the last digit: SQLite holds a number as a float."""
PHYSICAL_DIGITS, PHYSICAL_PLACES = 7, 4


class ProgramQuerySet(SealedQuerySet["Program"]):
    def visible_to(self, person: Person, day: date) -> "ProgramQuerySet":
        """Everybody of the office sees its programs."""
        return self.filter(office__in=Holding.objects.on(day).filter(person=person).values("post__office"))


@sealed("Anggaran")
class Program(models.Model):
    """A program, kegiatan or sub-kegiatan of one year. Pagu stands only where nothing is below it."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="programs")
    year = models.PositiveIntegerField("tahun")
    code = models.CharField("kode", max_length=40)
    name = models.CharField("nama", max_length=300)
    level = models.CharField("jenjang", max_length=20, choices=Level.choices())
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    owner = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="programs", verbose_name="penanggung jawab"
    )
    budget = models.DecimalField(
        "pagu murni", max_digits=MONEY_DIGITS, decimal_places=MONEY_PLACES, null=True, blank=True
    )
    revised_budget = models.DecimalField(
        "pagu perubahan", max_digits=MONEY_DIGITS, decimal_places=MONEY_PLACES, null=True, blank=True
    )

    objects = ProgramQuerySet.as_manager()

    class Meta:
        ordering = ["year", "code"]
        constraints = [
            models.UniqueConstraint(fields=["office", "year", "code"], name="program_once_per_year"),
            models.CheckConstraint(
                condition=(Q(budget__isnull=True) | Q(budget__gte=0))
                & (Q(revised_budget__isnull=True) | Q(revised_budget__gte=0)),
                name="pagu_not_below_zero",
            ),
            models.CheckConstraint(
                condition=Q(level="program", parent__isnull=True)
                | Q(level__in=["kegiatan", "sub-kegiatan"], parent__isnull=False),
                name="only_a_program_is_a_root",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


@sealed("Realisasi anggaran")
class MonthlyProgress(models.Model):
    """Realisasi of one month (rupiah, not cumulative) and physical progress at its end (%, cumulative)."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="progress")
    month = models.PositiveSmallIntegerField("bulan")
    spent = models.DecimalField(
        "realisasi", max_digits=MONEY_DIGITS, decimal_places=MONEY_PLACES, null=True, blank=True
    )
    physical = models.DecimalField(
        "fisik (%)", max_digits=PHYSICAL_DIGITS, decimal_places=PHYSICAL_PLACES, null=True, blank=True
    )

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["month"]
        constraints = [
            models.UniqueConstraint(fields=["program", "month"], name="progress_once_per_month"),
            models.CheckConstraint(condition=Q(month__gte=1, month__lte=12), name="progress_month_exists"),
            models.CheckConstraint(condition=Q(spent__isnull=True) | Q(spent__gte=0), name="spent_not_below_zero"),
            models.CheckConstraint(
                condition=Q(physical__isnull=True) | Q(physical__gte=0, physical__lte=100),
                name="physical_from_0_to_100",
            ),
            models.CheckConstraint(
                condition=Q(spent__isnull=False) | Q(physical__isnull=False), name="progress_says_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program.code} bulan {self.month}"


@sealed("Tautan anggaran")
class IndicatorProgram(models.Model):
    """An indicator that a program serves, by the indicator's code: its versions are rows of their own."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="links")
    indicator_code = models.CharField("kode indikator", max_length=40)

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["indicator_code"]
        constraints = [models.UniqueConstraint(fields=["program", "indicator_code"], name="indicator_once_per_program")]

    def __str__(self) -> str:
        return f"{self.indicator_code} → {self.program.code}"


@sealed("Aturan efisiensi")
class BudgetSetting(models.Model):
    """The efficiency rule of an office for a year. Without a row: selisih, ±5 points."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="budget_settings")
    year = models.PositiveIntegerField("tahun")
    rule = models.CharField(
        "aturan efisiensi", max_length=20, choices=[(rule.value, name) for rule, name in RULE_NAMES.items()]
    )
    tolerance = models.DecimalField("toleransi (poin)", max_digits=5, decimal_places=2, default=DEFAULT_TOLERANCE)
    cap = models.DecimalField("batas E (%)", max_digits=5, decimal_places=2, default=DEFAULT_CAP)

    objects = SealedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "year"], name="budget_setting_once_per_year"),
            models.CheckConstraint(condition=Q(tolerance__gte=0, tolerance__lte=100), name="tolerance_in_points"),
            models.CheckConstraint(condition=Q(cap__gt=0, cap__lte=20), name="cap_keeps_ne_from_0_to_100"),
        ]

    def __str__(self) -> str:
        return f"{self.office} {self.year}: {self.get_rule_display()}"

    @property
    def chosen(self) -> Chosen:
        """The rule as the pure side knows it."""
        return Chosen(EfficiencyRule(self.rule), Decimal(self.tolerance), Decimal(self.cap))


def money_text(amount: Decimal | None) -> str:
    """As typed into a form and written in the journal: "1.234,5", "" when blank."""
    return "" if amount is None else write_number(amount)
