"""Frozen recaps."""

from django.db import models

from himpun.archive.seals import SealedQuerySet, sealed
from himpun.indicators.models.dictionary import Indicator
from himpun.indicators.models.requests import RequestLine
from himpun.offices.models.offices import Office, Post


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
