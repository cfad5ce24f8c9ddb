"""Periodic work: one row a tick, moved on by compare-and-set so that any number of workers run it once."""

from django.db import models


class Tick(models.Model):
    """When a periodic job is next due."""

    name = models.CharField(max_length=80, primary_key=True)
    next_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name
