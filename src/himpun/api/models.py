"""Tokens: what lets a program act as a person in one office, within scopes and for a time."""

from django.db import models
from django.db.models import F, Q

from himpun.archive.seals import SealedQuerySet, sealed
from himpun.offices.models import Office, Person


@sealed("Token API", leave_out=["last_used"])
class Token(models.Model):
    """Kept by the SHA-256 of its secret; the secret itself is shown once. Never gives more than the person's posts."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="tokens")
    office = models.ForeignKey(Office, models.PROTECT, related_name="tokens")
    name = models.CharField("nama", max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField("cakupan")
    created = models.DateTimeField("dibuat")
    expires = models.DateTimeField("berlaku sampai")
    last_used = models.DateTimeField("terakhir dipakai", null=True, blank=True)
    revoked_at = models.DateTimeField("dicabut", null=True, blank=True)

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["-created", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(expires__gt=F("created")), name="token_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return self.name
