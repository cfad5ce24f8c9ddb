"""What people are told in the application, and the outbox for other channels."""

from django.db import models

from himpun.offices.models import Person, Post


class Message(models.Model):
    """One sentence to the holders of a post, with where to go. Seen by each person apart."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="messages")
    text = models.CharField(max_length=400)
    path = models.CharField(max_length=200)
    at = models.DateTimeField()
    seen_by = models.ManyToManyField(Person, related_name="messages_seen")

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return self.text


class Outgoing(models.Model):
    """A message on its way to one person by one channel: sent once, with proof, or tried again later."""

    class State(models.TextChoices):
        WAITING = "menunggu", "Menunggu"
        SENT = "terkirim", "Terkirim"
        FAILED = "gagal", "Gagal"

    message = models.ForeignKey(Message, models.CASCADE, related_name="outgoing")
    person = models.ForeignKey(Person, models.CASCADE, related_name="outgoing")
    channel = models.CharField(max_length=20)
    address = models.CharField(max_length=200)
    state = models.CharField(max_length=20, choices=State.choices, default=State.WAITING)
    tries = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "person", "channel"], name="sent_once_per_channel")]

    def __str__(self) -> str:
        return f"{self.channel} → {self.address}"
