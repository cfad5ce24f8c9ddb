"""Tokens: what lets a program act as a person in one office, within scopes and for a time."""

from django.db import models
from django.db.models import F, Q

from himpun.archive.seals import SealedQuerySet, sealed
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person


@sealed("Token API", leave_out=["last_used"])
class Token(models.Model):
    """Kept by the SHA-256 of its secret; the secret itself is shown once. Never gives more than the person's posts.

    It belongs to the password it was made under (`access_no`), and ends with it.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="tokens")
    office = models.ForeignKey(Office, models.PROTECT, related_name="tokens")
    name = models.CharField("nama", max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField("cakupan")
    created = models.DateTimeField("dibuat")
    expires = models.DateTimeField("berlaku sampai")
    last_used = models.DateTimeField("terakhir dipakai", null=True, blank=True)
    revoked_at = models.DateTimeField("dicabut", null=True, blank=True)
    access_no = models.PositiveIntegerField(default=0)

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["-created", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(expires__gt=F("created")), name="token_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_outlived(self) -> bool:
        """Whether its person's password was changed or reset since it was made."""
        return self.access_no != self.person.access_no
