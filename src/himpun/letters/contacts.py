"""The address book: whom outside the office it sends papers to, kept by who keeps its letters."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction

from himpun import clock, typed
from himpun.archive.journal import act
from himpun.errors import FieldErrors
from himpun.letters.models import Contact
from himpun.notifications.channels import Mail
from himpun.offices.acting import acting_in
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_REGISTER_LETTERS

TEXTS = ("name", "agency", "email", "note")


def save_contact(
    *, office: Office, fields: Mapping[str, str], by: Person, contact: Contact | None = None, active: bool = True
) -> Contact:
    """Add somebody to the address book, or change what stands there.

    `fields`: name, channel (of `Contact.Channel`) and optionally agency, email (needed for the channel mail), note.
    Raises HoldsNoPost or FieldErrors.
    """
    actor = acting_in(by, office.pk, roles=MAY_REGISTER_LETTERS, to="mengubah buku alamat")
    given: dict[str, str | bool] = {name: typed.line(fields.get(name, "")) for name in TEXTS}
    given |= {"channel": fields.get("channel", ""), "active": active}
    _check(given)
    with act(office.code, at=clock.now(), author=actor.author) as turn:
        try:
            with transaction.atomic():
                if contact is None:
                    kept = Contact.objects.create(office=office, **given)
                else:
                    Contact.objects.filter(pk=contact.pk, office=office).update(**given)
                    kept = Contact.objects.get(pk=contact.pk)
        except IntegrityError:
            raise FieldErrors({"name": "Nama dan instansi ini sudah ada di buku alamat."}) from None
        name = "letters:contact:added" if contact is None else "letters:contact:changed"
        turn.record(
            name, f"contact:{kept.pk}", {"name": str(kept), **{key: given[key] for key in ("channel", "email")}}
        )
    return kept


def _check(given: Mapping[str, str | bool]) -> None:
    wrong, longest = typed.Complaints(), {one.name: one.max_length for one in Contact._meta.fields}
    for name in TEXTS:
        missing = "Tulis nama atau jabatan penerima." if name == "name" else ""
        wrong.text(name, str(given[name]), longest[name] or typed.Text.FIELD, missing=missing)
    wrong.choice("channel", str(given["channel"]), Contact.Channel.values, "Pilih cara pengirimannya.")
    if given["email"]:
        wrong.read("email", str(given["email"]), Mail().checked, None)
    elif given["channel"] == Contact.Channel.MAIL:
        wrong["email"] = "Tulis alamat surelnya, misalnya nama@contoh.go.id."
    wrong.refuse()
