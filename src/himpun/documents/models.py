"""Documents in versions, the approvals bound to a version's bytes, and the proof that a copy was received."""

import secrets
import uuid
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Cast, Concat

from himpun import clock
from himpun.archive.seals import SealedQuerySet, sealed
from himpun.letters.models import Letter
from himpun.offices.models.holdings import Holding
from himpun.offices.models.offices import Office, Post
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_SEE_ALL_VALUES


def new_token() -> str:
    """An address for a public page that cannot be guessed (96 bits)."""
    return secrets.token_urlsafe(12)


class DocumentQuerySet(SealedQuerySet["Document"]):
    def visible_to(self, person: Person, day: date) -> "DocumentQuerySet":
        """Documents of the offices where `person` holds a post, and those sent to their post.

        A unit's own form is seen only by its unit and the collectors, the sheet of a secret letter only by who may read the letter.
        """
        held = Holding.objects.on(day).filter(person=person)
        whole_office = held.filter(post__role__in=MAY_SEE_ALL_VALUES).values("post__office")
        own = Q(office__in=held.values("post__office")) & (
            Q(only_post__isnull=True) | Q(only_post__in=held.values("post"))
        )
        delivered = Q(deliveries__post__in=held.values("post"), deliveries__sent_at__isnull=False)
        whole = Q(office__in=whole_office)
        return self.filter(own | whole | delivered).exclude(about__in=_secret_letters(person, day)).distinct()


def _secret_letters(person: Person, day: date) -> models.QuerySet[Letter, Any]:
    """The secret letters that `person` may not read, as documents name them ("letter:7")."""
    secret = Letter.objects.filter(nature=Letter.Nature.SECRET).exclude(
        pk__in=Letter.objects.visible_to(person, day).values("pk")
    )
    return secret.annotate(key=Concat(Value("letter:"), Cast("pk", models.CharField()))).values("key")


@sealed("Dokumen")
class Document(models.Model):
    """A naskah. `subject` names what it belongs to as text ("cycle:12"); `token` is its public verification address."""

    class Kind(models.TextChoices):
        DISPOSITION = "lembar_disposisi", "Lembar Disposisi"
        REQUEST = "format_permintaan", "Format Permintaan Data"
        ANSWER = "data_isian", "Data Isian"
        COLLECTED = "rekap_isian", "Rekap Data Isian"
        RECAP = "rekap_capaian", "Rekap Hasil Capaian"
        PERFORMANCE = "data_kinerja", "Data Kinerja"
        RECEIPT = "tanda_terima", "Tanda Terima Distribusi"

    office = models.ForeignKey(Office, models.PROTECT, related_name="documents")
    kind = models.CharField("jenis", max_length=30, choices=Kind.choices)
    title = models.CharField("judul", max_length=300)
    subject = models.CharField(max_length=120, db_index=True)
    about = models.CharField(max_length=120, blank=True, db_index=True)
    period = models.CharField("periode", max_length=10, blank=True)
    number = models.CharField("nomor", max_length=120, blank=True)
    token = models.CharField(max_length=32, unique=True, default=new_token)
    only_post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.title

    @property
    def latest(self) -> "DocumentVersion":
        """The newest version (every document has one from the start)."""
        return self.versions.order_by("-no")[0]

    @property
    def official(self) -> "DocumentVersion | None":
        """The newest version that is signed; None while none is."""
        return self.versions.filter(approvals__kind=Approval.Kind.SIGNATURE).order_by("-no").first()

    @property
    def awaits_signature(self) -> bool:
        """Whether a version of this kind is a draft until somebody has signed it."""
        return self.kind == self.Kind.PERFORMANCE


@sealed(
    "Versi dokumen", leave_out=["failures", "failure", "retry_at", "unissued"], files=["file_sha256", "signed_sha256"]
)
class DocumentVersion(models.Model):
    """One version: the content a template was given, the narrative texts a person wrote into it, and the SHA-256 of the PDF it gave (empty until rendered).

    `signed_sha256` is the PDF issued after the signature, with number, paraf and QR; what was approved is `file_sha256`.
    `unissued` is true from the signature until that PDF is there, and empty otherwise: the few that wait are found by it.
    `failures`, `failure` and `retry_at` are about the rendering that is still to come, and end with it.
    """

    document = models.ForeignKey(Document, models.PROTECT, related_name="versions")
    no = models.PositiveIntegerField("versi")
    content = models.JSONField()
    narrative = models.JSONField(default=dict)
    file_sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    signed_sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    failures = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=500, blank=True)
    retry_at = models.DateTimeField(null=True, blank=True)
    unissued = models.BooleanField(null=True)
    reason = models.CharField("alasan", max_length=500, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    made_by_name = models.CharField(max_length=200)
    made_by_title = models.CharField(max_length=200)

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["document", "no"]
        constraints = [models.UniqueConstraint(fields=["document", "no"], name="version_no_once")]
        indexes = [models.Index(fields=["retry_at"], condition=Q(unissued=True), name="signed_and_not_issued")]

    def __str__(self) -> str:
        return f"{self.document} versi {self.no}"


@sealed("Persetujuan")
class Approval(models.Model):
    """A paraf or a signature, by the holder of a post, bound to the SHA-256 of exactly one version.

    `block` is the posts of the signature block, highest first and the signer's own last, where they are more than the
    title (a.n., u.b.). `doubled` says that the same person approved this version in another post before, which the office
    allowed.
    """

    class Kind(models.TextChoices):
        PARAF = "paraf", "Paraf"
        SIGNATURE = "tanda-tangan", "Tanda tangan"

    version = models.ForeignKey(DocumentVersion, models.PROTECT, related_name="approvals")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    sha256 = models.CharField(max_length=64)
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    nip = models.CharField(max_length=30, blank=True)
    rank = models.CharField(max_length=80, blank=True)
    block = models.JSONField(default=list)
    doubled = models.BooleanField(default=False)
    at = models.DateTimeField()

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "kind", "post"], name="approved_once_per_post"),
            models.UniqueConstraint(fields=["version"], condition=Q(kind="tanda-tangan"), name="signed_once"),
            models.CheckConstraint(condition=~Q(sha256=""), name="approval_bound_to_a_file"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.title}"

    @property
    def deed(self) -> str:
        """ "memaraf sebagai Sekretaris Camat"."""
        return f"{'memaraf' if self.kind == self.Kind.PARAF else 'menandatangani'} sebagai {self.title}"

    @property
    def said_twice(self) -> str:
        """For a doubled approval, in words, who approved this version as whom; "" for every other."""
        if not self.doubled:
            return ""
        mine = [one for one in self.version.approvals.all() if one.person_id == self.person_id and one.pk <= self.pk]
        return f"{self.name} {' dan '.join(one.deed for one in mine)}: orang yang sama, diizinkan kantor"


@sealed("Distribusi")
class Delivery(models.Model):
    """One line of the distribution list: to whom, how, when sent, and when and by whom it was opened.

    `sent_at`: a post has it in Himpun; a mail server has accepted it (`mailing`); or `noted_by` wrote down that the office
    sent it by itself.
    """

    document = models.ForeignKey(Document, models.PROTECT, related_name="deliveries")
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")
    recipient = models.CharField("penerima", max_length=200)
    method = models.CharField("cara", max_length=40, default="Himpun")
    token = models.CharField(max_length=32, unique=True, default=new_token)
    added_at = models.DateTimeField()
    address = models.CharField("surel", max_length=200, blank=True, default="")
    sent_at = models.DateTimeField(null=True, blank=True)
    noted_by = models.CharField("dicatat dikirim oleh", max_length=200, blank=True, default="")
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.CharField(max_length=200, blank=True)

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["document", "recipient"], name="delivered_once_per_recipient"),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True, opened_by="") | Q(opened_at__isnull=False) & ~Q(opened_by=""),
                name="opened_when_and_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return self.recipient

    @property
    def mail(self) -> "Mailing | None":
        """Its mail, where it goes by one."""
        return getattr(self, "mailing", None)


class Mailing(models.Model):
    """The mail that carries a signed document to somebody outside: sent once, with the server's proof, or tried again.

    As a row of the outbox (`notifications.Outgoing`): each step is written before the next, and `key`, the Message-ID of
    every try, lets a mailbox know a copy.
    """

    class State(models.TextChoices):
        WAITING = "menunggu", "Menunggu dikirim"
        SENDING = "mengirim", "Sedang dikirim"
        SENT = "terkirim", "Diterima server"
        FAILED = "gagal", "Gagal"

    delivery = models.OneToOneField(Delivery, models.PROTECT, related_name="mailing")
    key = models.UUIDField(default=uuid.uuid4)
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
            models.CheckConstraint(
                condition=~Q(state="terkirim") | Q(sent_at__isnull=False) & ~Q(proof=""), name="mailed_with_a_proof"
            )
        ]
        indexes = [models.Index(fields=["next_at"], condition=Q(state="menunggu"), name="mailing_due")]

    def __str__(self) -> str:
        return f"Surel {self.delivery}"
