"""Published procedures. A version is never edited: triggers on both databases refuse it."""

from functools import lru_cache

from django.db import models

from himpun.archive.seals import SealedQuerySet, sealed
from himpun.offices.models import Office
from himpun.procedures.definition import Procedure, runnable


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
