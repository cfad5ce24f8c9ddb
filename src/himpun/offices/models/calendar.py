"""Days off and special hours, of one office or of all."""

from django.db import models
from django.db.models import F, Q

from himpun.archive.seals import SealedQuerySet, sealed
from himpun.offices.models.offices import Office
from himpun.offices.vocabulary import HolidayKind


@sealed("Hari libur")
class Holiday(models.Model):
    """A day on which nobody works: national (office is null) or of one office, with the decree as its source.

    An office's own row comes before the national one of the same day; `WORKING` says that it works all the same.
    """

    Kind = HolidayKind

    office = models.ForeignKey(Office, models.CASCADE, null=True, blank=True, related_name="holidays")
    day = models.DateField("tanggal")
    kind = models.CharField("jenis", max_length=20, choices=Kind.choices(), default=Kind.LOCAL)
    name = models.CharField("nama", max_length=200)
    source = models.CharField("dasar", max_length=200, blank=True)

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "day"], condition=Q(office__isnull=False), name="holiday_once_per_office_and_day"
            ),
            models.UniqueConstraint(
                fields=["day"], condition=Q(office__isnull=True), name="national_holiday_once_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


@sealed("Jam khusus")
class SpecialHours(models.Model):
    """Days with other working hours (Ramadan): national (office is null) or of one office, with their source.

    `hours` maps a weekday to its intervals as `Office.hours` does; a weekday left out keeps the usual hours. An office's
    own row comes before a national one; between two of the same kind the later beginning counts.
    """

    office = models.ForeignKey(Office, models.CASCADE, null=True, blank=True, related_name="special_hours")
    name = models.CharField("nama", max_length=200)
    since = models.DateField("sejak")
    until = models.DateField("sampai")
    hours = models.JSONField("jam kerja", default=dict)
    source = models.CharField("dasar", max_length=200, blank=True)

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["since"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="special_hours_end_after_they_begin"),
            models.UniqueConstraint(
                fields=["office", "since"], condition=Q(office__isnull=False), name="special_hours_once_per_office"
            ),
            models.UniqueConstraint(fields=["since"], condition=Q(office__isnull=True), name="national_hours_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.since}–{self.until}"
