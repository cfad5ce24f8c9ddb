"""People, their one-time links, and logins counted."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from himpun.archive.seals import SealedQuerySet, sealed
from himpun.offices.models.offices import Office


class PersonManager(BaseUserManager["Person"]):
    def get_queryset(self) -> SealedQuerySet["Person"]:
        """The people, in a queryset whose updates the turn sees."""
        return SealedQuerySet(self.model, using=self._db)

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "Person":
        """Make a person who can log in; without a password they cannot until one is set."""
        person = self.model(username=username, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


@sealed("Orang", leave_out=["password", "last_login"], hidden=["nip", "email"])
class Person(AbstractBaseUser):
    """Somebody who can log in. What they may do comes from the posts they hold, never from here.

    `access_no` moves on with every password: tokens and one-time links given under an older number are over.
    `home` is the office that looks after their name, address and access: the one that recorded them, until it lets them
    go to another. Holding a post elsewhere never changes it (docs/decisions/0016).
    """

    username = models.CharField("nama pengguna", max_length=150, unique=True)
    name = models.CharField("nama lengkap", max_length=200)
    nip = models.CharField("NIP", max_length=30, blank=True)
    rank = models.CharField("pangkat/golongan", max_length=80, blank=True)
    email = models.EmailField("surel", blank=True)
    is_active = models.BooleanField("aktif", default=True)
    access_no = models.PositiveIntegerField(default=0)
    home = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="people", verbose_name="kantor asal"
    )

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = PersonManager()

    def __str__(self) -> str:
        return self.name

    def set_password(self, raw_password: str | None) -> None:
        """Whoever sets a password, by whatever door, ends what was given under the older one."""
        super().set_password(raw_password)
        self.access_no += 1

    def set_unusable_password(self) -> None:
        super().set_unusable_password()
        self.access_no += 1


class OneTimeLink(models.Model):
    """A link by which a person sets their password, once; kept by the SHA-256 of its secret (`offices/access.py`)."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    access_no = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    expires = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires__gt=F("made_at")), name="link_ends_after_it_begins"),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(used_at__isnull=True, ended_at__isnull=True),
                name="one_open_link_per_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.made_at}"


class LoginTally(models.Model):
    """How often a name was tried from an address in one minute, in vain (`failed`) and not (`passed`).

    `who` is a keyed digest of the name as typed, since people type passwords there; `person` whose name it is, if any.
    """

    who = models.CharField(max_length=64)
    person = models.ForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="login_tallies")
    address = models.CharField(max_length=64)
    minute = models.PositiveBigIntegerField()
    failed = models.PositiveIntegerField(default=0)
    passed = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["who", "address", "minute"], name="login_tally_once_a_minute")]
        indexes = [
            models.Index(fields=["address", "minute"], name="login_tally_by_address"),
            models.Index(fields=["minute"], name="login_tally_by_minute"),
        ]

    def __str__(self) -> str:
        return f"{self.address}, {self.failed}/{self.passed}"
