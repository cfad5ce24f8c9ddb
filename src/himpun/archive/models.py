"""The journal and the files it seals. Append-only: triggers on both databases refuse UPDATE and DELETE of a record."""

from django.db import models

from himpun.archive.chain import Entry


class ChainHead(models.Model):
    """The last record of one chain. Whoever holds this row's lock has the office's turn to write.

    `mac` proves that Himpun moved it there: its key is no part of the database (`journal.head_mac`).
    """

    chain = models.CharField(max_length=64, primary_key=True)
    seq = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64)
    mac = models.CharField(max_length=64, default="", blank=True)

    def __str__(self) -> str:
        return f"{self.chain}#{self.seq}"


class Record(models.Model):
    """One act in the journal. People, posts and subjects are text: the archive outlives the tables it speaks of."""

    chain = models.CharField(max_length=64)
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField(db_index=True)
    person = models.CharField(max_length=150)
    person_name = models.CharField(max_length=200)
    post = models.CharField(max_length=64)
    post_title = models.CharField(max_length=200)
    act = models.CharField(max_length=80)
    subject = models.CharField(max_length=120, db_index=True)
    data = models.TextField()
    file_sha256 = models.CharField(max_length=64, blank=True)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="record_once_per_chain_and_seq")]
        ordering = ["chain", "seq"]

    def __str__(self) -> str:
        return f"{self.chain}#{self.seq} {self.act}"

    def as_entry(self) -> Entry:
        """This row as the pure chain knows it."""
        return Entry(
            self.chain,
            self.seq,
            self.at,
            self.person,
            self.person_name,
            self.post,
            self.post_title,
            self.act,
            self.subject,
            self.data,
            self.file_sha256,
            self.previous,
        )


class StoredFile(models.Model):
    """A file kept under the SHA-256 of its bytes."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    stored_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.sha256
