"""The agenda of incoming letters, dispositions (a tree), and the registers that give documents their numbers."""

from datetime import date

from django.db import models
from django.db.models import Q

from himpun.archive.seals import SealedQuerySet, sealed
from himpun.offices.models.holdings import Holding
from himpun.offices.models.offices import Office, Post
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_READ_SECRET_LETTERS
from himpun.places import path_of


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
    """One row of the agenda: a letter that came in, or one of the office's own with a number of its registers."""

    class Nature(models.TextChoices):
        ORDINARY = "biasa", "Biasa"
        URGENT = "segera", "Segera"
        VERY_URGENT = "sangat-segera", "Sangat Segera"
        SECRET = "rahasia", "Rahasia"

    class Kind(models.TextChoices):
        INCOMING = "masuk", "Surat masuk"
        OUTGOING = "keluar", "Surat keluar"
        NOTE = "nota", "Nota dinas"

    office = models.ForeignKey(Office, models.PROTECT, related_name="letters")
    kind = models.CharField("jenis", max_length=10, choices=Kind.choices, default=Kind.INCOMING)
    recipient = models.CharField("kepada", max_length=200, blank=True, default="")
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
        if self.kind == self.Kind.INCOMING:
            return f"{self.number} dari {self.sender}"
        return f"{self.number} kepada {self.recipient}"


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


@sealed("Kontak")
class Contact(models.Model):
    """Somebody outside the office to whom it sends papers, and how: the address book."""

    class Channel(models.TextChoices):
        MAIL = "Surel", "Surel"
        BY_HAND = "Diantar", "Diantar langsung"
        POST = "Pos", "Pos"
        WHATSAPP = "WhatsApp", "WhatsApp"
        SRIKANDI = "SRIKANDI", "SRIKANDI"
        LINK = "Tautan", "Tautan penerimaan"

    office = models.ForeignKey(Office, models.PROTECT, related_name="contacts")
    name = models.CharField("nama atau jabatan", max_length=120)
    agency = models.CharField("instansi", max_length=120, blank=True)
    channel = models.CharField("cara", max_length=20, choices=Channel.choices, default=Channel.MAIL)
    email = models.CharField("surel", max_length=200, blank=True)
    note = models.CharField("keterangan", max_length=300, blank=True)
    active = models.BooleanField("dipakai", default=True)

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["name", "agency", "id"]
        constraints = [models.UniqueConstraint(fields=["office", "name", "agency"], name="contact_once_per_office")]

    def __str__(self) -> str:
        return f"{self.name}, {self.agency}" if self.agency else self.name


REGISTERS = {
    "data-kinerja": "Dokumen Data Kinerja",
    "permintaan": "Format Permintaan Data",
    "surat-keluar": "Surat Keluar",
    "nota-dinas": "Nota Dinas",
}
"""The registers that numbers are given from, and what they are called; an office may have others beside."""
REGISTER_OF = {Letter.Kind.OUTGOING: "surat-keluar", Letter.Kind.NOTE: "nota-dinas"}


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
    """One number given out and what it was given to; or reserved for paper, and then used or let go with a note.

    `code` is the klasifikasi where the pattern counts within it, "" where it counts through all.
    """

    class State(models.TextChoices):
        USED = "terpakai", "Terpakai"
        RESERVED = "dicadangkan", "Dicadangkan"
        RELEASED = "dilepas", "Dilepas"

    register = models.ForeignKey(NumberRegister, models.PROTECT, related_name="issued")
    code = models.CharField("klasifikasi", max_length=40, blank=True, default="")
    state = models.CharField("keadaan", max_length=12, choices=State.choices, default=State.USED)
    reason = models.CharField("alasan", max_length=500, blank=True, default="")
    reserved_by = models.CharField("dicadangkan oleh", max_length=200, blank=True, default="")
    sequence = models.PositiveIntegerField()
    text = models.CharField(max_length=120)
    subject = models.CharField(max_length=120)
    at = models.DateTimeField()

    objects = SealedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["register", "code", "sequence"], name="number_given_once")]

    def __str__(self) -> str:
        return self.text

    @property
    def path(self) -> str:
        """The page of what it was given to; "" where that is no page."""
        return path_of(self.subject) if self.subject.partition(":")[0] in ("letter", "cycle") else ""
