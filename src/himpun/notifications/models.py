"""What people are told in the application, and the outbox that carries it to them by other channels."""

import uuid

from django.db import models
from django.db.models import Q

from himpun import clock
from himpun.offices.models.offices import Post
from himpun.offices.models.people import Person
from himpun.places import path_of


class Message(models.Model):
    """One sentence to the holders of a post, with where to go. Seen by each person apart.

    `obligatory` messages cannot be unsubscribed from. `about` names what it is about as text ("task:12"). A message is
    `spread_at` the moment its copies for other channels were put in the outbox. `place` is where it leads
    (`himpun.places`); rows from before places had names keep a path there.
    """

    class Topic(models.TextChoices):
        TASK = "tugas", "Tugas baru"
        REMINDER = "pengingat", "Pengingat batas waktu"
        ESCALATION = "eskalasi", "Keterlambatan bawahan"
        NEWS = "kabar", "Kabar"

    post = models.ForeignKey(Post, models.CASCADE, related_name="messages")
    topic = models.CharField(max_length=20, choices=Topic.choices, default=Topic.NEWS)
    obligatory = models.BooleanField(default=False)
    about = models.CharField(max_length=60, blank=True)
    text = models.CharField(max_length=400)
    place = models.CharField(max_length=200)
    at = models.DateTimeField()
    seen_by = models.ManyToManyField(Person, related_name="messages_seen")
    spread_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["id"], condition=Q(spread_at__isnull=True), name="message_not_spread")]

    def __str__(self) -> str:
        return self.text

    @property
    def path(self) -> str:
        """The address of the page it leads to."""
        return path_of(self.place)


class Channel(models.Model):
    """An address of a person: e-mail, or a channel the operator has set up (HIMPUN_CHANNELS)."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="channels")
    kind = models.CharField("saluran", max_length=30)
    address = models.CharField("alamat", max_length=200)
    digest = models.BooleanField("ringkasan harian", default=False)
    active = models.BooleanField("aktif", default=True)

    class Meta:
        ordering = ["person", "id"]
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="one_address_per_channel")]

    def __str__(self) -> str:
        return f"{self.kind} {self.address}"


class Preference(models.Model):
    """When a person does not want to be disturbed, when they read their digest, and what they do not want to hear of."""

    person = models.OneToOneField(Person, models.CASCADE, related_name="preference")
    quiet_from = models.TimeField("tenang mulai", default="20:00")
    quiet_until = models.TimeField("tenang sampai", default="06:00")
    digest_at = models.TimeField("ringkasan pukul", default="07:30")
    topics_off = models.JSONField("topik yang tidak dikirim", default=list)

    def __str__(self) -> str:
        return f"Pilihan {self.person}"


class Outgoing(models.Model):
    """A message on its way to one person by one channel: sent once, with proof, or tried again later.

    `key` goes with every try (Message-ID, idempotency key), so that a receiver knows a copy. `begun_at` is the moment it
    was handed to the channel: a worker killed after that leaves a row nobody knows the end of.
    """

    class State(models.TextChoices):
        WAITING = "menunggu", "Menunggu"
        SENDING = "mengirim", "Sedang dikirim"
        SENT = "terkirim", "Terkirim"
        UNCERTAIN = "tidak-pasti", "Tidak pasti"
        FAILED = "gagal", "Gagal"

    message = models.ForeignKey(Message, models.CASCADE, related_name="outgoing")
    person = models.ForeignKey(Person, models.CASCADE, related_name="outgoing")
    channel = models.CharField(max_length=30)
    address = models.CharField(max_length=200)
    key = models.UUIDField(default=uuid.uuid4)
    digest = models.BooleanField(default=False)
    state = models.CharField(max_length=20, choices=State.choices, default=State.WAITING)
    next_at = models.DateTimeField(default=clock.now)
    tries = models.PositiveIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    begun_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    proof = models.CharField(max_length=400, blank=True)
    error = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "person", "channel"], name="sent_once_per_channel"),
            models.CheckConstraint(
                condition=~Q(state="terkirim") | Q(sent_at__isnull=False) & ~Q(proof=""), name="sent_with_a_proof"
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state="menunggu"), name="outgoing_due"),
            models.Index(fields=["claimed_at"], condition=Q(state="mengirim"), name="outgoing_in_hand"),
            models.Index(fields=["key"], name="outgoing_by_key"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} → {self.address}"
