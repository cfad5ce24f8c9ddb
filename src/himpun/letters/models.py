"""The agenda of incoming letters, dispositions (a tree), and the registers that give documents their numbers."""

from datetime import date

from django.db import models
from django.db.models import Q

from himpun.archive.seals import SealedQuerySet, sealed
from himpun.offices.models.holdings import Holding
from himpun.offices.models.offices import Office, Post
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_READ_SECRET_LETTERS


class LetterQuerySet(SealedQuerySet["Letter"]):
    def visible_to(self, person: Person, day: date) -> "LetterQuerySet":
        """Letters of the offices where `person` holds a post; secret ones only to those who may read them."""
        held = Holding.objects.on(day).filter(person=person)
        secret = held.filter(post__role__in=MAY_READ_SECRET_LETTERS)
        addressed = Q(dispositions__addressees__in=held.values("post"))
        open_ = ~Q(nature=Letter.Nature.SECRET) & Q(office__in=held.values("post__office"))
        return self.filter(open_ | Q(office__in=secret.values("post__office")) | addressed).distinct()


@sealed("Surat masuk", files=["file_sha256"])
class Letter(models.Model):
    """One row of the agenda surat masuk."""

    class Nature(models.TextChoices):
        ORDINARY = "biasa", "Biasa"
        URGENT = "segera", "Segera"
        VERY_URGENT = "sangat-segera", "Sangat Segera"
        SECRET = "rahasia", "Rahasia"

    office = models.ForeignKey(Office, models.PROTECT, related_name="letters")
    agenda_year = models.PositiveIntegerField()
    agenda_no = models.PositiveIntegerField("no. agenda")
    received_on = models.DateField("diterima tanggal")
    number = models.CharField("nomor surat", max_length=120)
    dated = models.DateField("tanggal surat")
    sender = models.CharField("surat dari", max_length=200)
    subject = models.CharField("hal", max_length=300)
    attachment = models.CharField("lampiran", max_length=120, blank=True)
    nature = models.CharField("sifat", max_length=20, choices=Nature.choices, default=Nature.ORDINARY)
    classification = models.CharField("klasifikasi", max_length=40, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    note = models.CharField("keterangan", max_length=300, blank=True)
    registered_at = models.DateTimeField()
    registered_by = models.CharField(max_length=200)

    objects = LetterQuerySet.as_manager()

    class Meta:
        ordering = ["-agenda_year", "-agenda_no"]
        constraints = [
            models.UniqueConstraint(fields=["office", "agenda_year", "agenda_no"], name="agenda_no_once_per_year"),
            models.CheckConstraint(
                condition=Q(nature__in=["biasa", "segera", "sangat-segera", "rahasia"]), name="letter_nature_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} dari {self.sender}"


@sealed("Disposisi", many=["addressees"])
class Disposition(models.Model):
    """An instruction written on a letter by the holder of a post, to one or more posts."""

    letter = models.ForeignKey(Letter, models.PROTECT, related_name="dispositions")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    post_title = models.CharField(max_length=200)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    person_name = models.CharField(max_length=200)
    addressees = models.ManyToManyField(Post, related_name="dispositions_received")
    instructions = models.JSONField("dengan hormat harap", default=list)
    note = models.TextField("catatan", blank=True)
    subject = models.CharField(max_length=120, db_index=True)
    at = models.DateTimeField()

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"Disposisi {self.post_title}"


INSTRUCTIONS = {
    "tanggapan": "Tanggapan dan saran",
    "proses": "Proses lebih lanjut",
    "koordinasi": "Koordinasi/konfirmasikan",
    "siapkan": "Siapkan bahan",
    "teliti": "Teliti dan laporkan",
    "hadiri": "Hadiri/wakili",
    "arsip": "Arsipkan",
}


REGISTERS = {"data-kinerja": "Dokumen Data Kinerja", "permintaan": "Format Permintaan Data"}
"""The registers that the procedures give numbers from, and what they are called; an office may have others beside."""


@sealed("Register nomor")
class NumberRegister(models.Model):
    """A register of numbers: one sequence without gaps for an office, a register name and a year."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="registers")
    name = models.SlugField(max_length=40)
    year = models.PositiveIntegerField()
    last = models.PositiveIntegerField(default=0)

    objects = SealedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "name", "year"], name="one_register_per_year")]

    def __str__(self) -> str:
        return f"{self.name} {self.year}"


@sealed("Nomor naskah")
class IssuedNumber(models.Model):
    """One number given out, and what it was given to."""

    register = models.ForeignKey(NumberRegister, models.PROTECT, related_name="issued")
    sequence = models.PositiveIntegerField()
    text = models.CharField(max_length=120)
    subject = models.CharField(max_length=120)
    at = models.DateTimeField()

    objects = SealedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["register", "sequence"], name="number_given_once")]

    def __str__(self) -> str:
        return self.text
