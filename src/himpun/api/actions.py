"""Making and revoking tokens, keeping other systems' codes, setting many targets: each an act in the journal."""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, Q, QuerySet

from himpun import clock
from himpun.api.forms.codes import KINDS, SYSTEMS, Code, Codes, fault
from himpun.api.forms.messages import is_clean
from himpun.api.models import Token
from himpun.api.rules import LONGEST_DAYS, SCOPES, NotInOffice, TokenRefused, check_in_force
from himpun.archive.journal import Author, act
from himpun.errors import FieldErrors
from himpun.indicators.dictionary.saving import Saved, definition_of, entries, save_indicator
from himpun.indicators.models.figures import CodeMapping
from himpun.offices.access.links import digest_of
from himpun.offices.acting import Actor, acting_in, capacities
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_EDIT_INDICATORS
from himpun.typed import Complaints, line, marks_fault, near

PREFIX = "himpun_"
USE_NOTED = timedelta(minutes=5)
"""A token's last use is written down no oftener than this."""
MAX_TOKENS = 20


@dataclass(frozen=True, slots=True)
class Access:
    """A token in use: its person, the posts they hold today in its office, and what it was made for."""

    token: Token
    person: Person
    office: Office
    day: date
    here: tuple[Actor, ...]

    def has(self, roles: frozenset[str]) -> bool:
        """Whether one of the posts has one of these roles."""
        return any(actor.role in roles for actor in self.here)


# --- tokens ----------------------------------------------------------------------------------------------------------


def make_token(
    *, person: Person, office: Office, name: str, scopes: Iterable[str], days: int = 365
) -> tuple[Token, str]:
    """A new token for oneself and its secret, which is told only now. Raises HoldsNoPost or FieldErrors."""
    actor = acting_in(person, office.pk, roles=None, to="membuat token")
    name, asked = line(name), set(scopes)
    chosen = [scope for scope in SCOPES if scope in asked]
    with act(office.code, at=clock.now(), author=actor.author) as turn:
        _check_token(person, name, chosen, asked, days, turn.at)
        secret = PREFIX + secrets.token_urlsafe(32)
        token = Token.objects.create(
            person=person,
            office=office,
            name=name,
            digest=digest_of(secret),
            scopes=chosen,
            created=turn.at,
            expires=turn.at + timedelta(days=days),
            access_no=person.access_no,
        )
        data = {"name": name, "scopes": chosen, "expires": token.expires.isoformat()}
        turn.record("api:token:made", f"token:{token.pk}", data)
    return token, secret


def _check_token(person: Person, name: str, chosen: Sequence[str], asked: set[str], days: int, now: datetime) -> None:
    wrong = Complaints()
    living = Token.objects.filter(
        person=person, revoked_at__isnull=True, expires__gt=now, access_no=F("person__access_no")
    )
    if not name or len(name) > 80 or not is_clean(name) or marks_fault(name):
        wrong["name"] = "Tulis nama program atau kegunaan token, paling banyak 80 huruf."
    elif living.filter(name=name).exists():
        wrong["name"] = "Nama ini sudah dipakai token Anda yang masih berlaku. Pakai nama lain, atau cabut yang itu."
    elif living.count() >= MAX_TOKENS:
        wrong["name"] = f"Anda sudah punya {MAX_TOKENS} token yang berlaku. Cabut dahulu yang tidak dipakai."
    if not chosen or asked - SCOPES.keys():
        wrong["scopes"] = "Pilih sekurangnya satu cakupan."
    if not 1 <= days <= LONGEST_DAYS:
        wrong["days"] = f"Tulis masa berlaku 1 sampai {LONGEST_DAYS} hari."
    wrong.refuse()


def revoke_token(*, token: Token, by: Person) -> None:
    """End one's own token now; ending it twice changes nothing. Raises TokenRefused for somebody else's."""
    if token.person_id != by.pk:
        raise TokenRefused("Token ini bukan milik Anda.")
    actor = next((one for one in capacities(by) if one.office_id == token.office_id), None)
    author = actor.author if actor else Author(by.username, by.name)
    with act(token.office.code, at=clock.now(), author=author) as turn:
        if Token.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=turn.at):
            turn.record("api:token:revoked", f"token:{token.pk}", {"name": token.name})


def open_token(secret: str) -> Access:
    """The access a secret gives today. Raises TokenRefused, NotInOffice."""
    found = Token.objects.filter(digest=digest_of(secret)).select_related("person", "office__kind").first()
    if found is None:
        raise TokenRefused("Token tidak dikenal. Periksa salinannya, atau buat token baru di halaman Token API.")
    now = clock.now()
    check_in_force(found.expires, found.revoked_at, now, outlived=found.is_outlived)
    day = found.office.today()
    here = tuple(one for one in capacities(found.person, day) if one.office_id == found.office_id)
    if not here:
        raise NotInOffice(found.office.name)
    _note_use(found, now)
    return Access(found, found.person, found.office, day, here)


def _note_use(token: Token, now: datetime) -> None:
    if token.last_used is None or now - token.last_used >= USE_NOTED:
        Token.objects.filter(pk=token.pk).update(last_used=now)


# --- other systems' codes ---------------------------------------------------------------------------------------------


def codes_of(office: Office, system: str) -> Codes:
    """The codes of one system in this office."""
    found: dict[str, dict[str, str]] = {kind: {} for kind in KINDS}
    rows = CodeMapping.objects.filter(office=office, system=system)
    for kind, foreign, own in rows.values_list("kind", "foreign", "own"):
        found[kind][foreign] = own
    return Codes(office.code, *(found[kind] for kind in KINDS))


class SavedCodes(NamedTuple):
    """How many codes were new, changed, or there already."""

    added: int
    changed: int
    same: int


def save_codes(*, office: Office, codes: Sequence[Code], by: Person) -> SavedCodes:
    """Add codes, or change what they mean here. Raises HoldsNoPost or FieldErrors; the same again changes nothing."""
    author = acting_in(by, office.pk, roles=MAY_EDIT_INDICATORS, to="mengubah pemetaan kode").author
    for code in codes:
        name, cause = fault(code)
        if cause:
            raise FieldErrors({name: cause})
    with act(office.code, at=clock.now(), author=author) as turn:
        there = {(row.system, row.kind, row.foreign): row for row in CodeMapping.objects.filter(office=office)}
        wanted = {code[:3]: code for code in codes}
        added = [CodeMapping(office=office, **code._asdict()) for key, code in wanted.items() if key not in there]
        changed = [there[key] for key, code in wanted.items() if key in there and there[key].own != code.own]
        changes = [[*_named(row), row.own, wanted[row.system, row.kind, row.foreign].own] for row in changed]
        for row in changed:
            row.own = wanted[row.system, row.kind, row.foreign].own
        CodeMapping.objects.bulk_create(added)
        CodeMapping.objects.bulk_update(changed, ["own"])
        if added or changed:
            data = {
                "count": len(added) + len(changed),
                "systems": sorted({SYSTEMS[row.system] for row in (*added, *changed)}),
                "added": [[*_named(row), row.own] for row in added],
                "changed": changes,
            }
            turn.record("api:codes:saved", f"office:{office.code}", data)
    return SavedCodes(len(added), len(changed), len(wanted) - len(added) - len(changed))


def _named(row: CodeMapping) -> list[str]:
    return [row.system, row.kind, row.foreign]


def remove_code(*, mapping: CodeMapping, by: Person) -> None:
    """Forget one code; from then on it stands for itself. Raises HoldsNoPost."""
    office = mapping.office
    author = acting_in(by, office.pk, roles=MAY_EDIT_INDICATORS, to="mengubah pemetaan kode").author
    with act(office.code, at=clock.now(), author=author) as turn:
        removed, _ = CodeMapping.objects.filter(pk=mapping.pk).delete()
        if removed:
            data = {
                "system": SYSTEMS.get(mapping.system, mapping.system),
                "foreign": mapping.foreign,
                "own": mapping.own,
            }
            turn.record("api:codes:removed", f"office:{office.code}", data)


def known_codes(office: Office, text: str) -> QuerySet[CodeMapping]:
    """The codes of an office that contain `text`."""
    rows = CodeMapping.objects.filter(office=office)
    return rows.filter(Q(foreign__icontains=text) | Q(own__icontains=text)) if text else rows


# --- targets ----------------------------------------------------------------------------------------------------------


def save_targets(*, office: Office, year: int, targets: Mapping[str, Mapping[str, str]], by: Person) -> list[Saved]:
    """Set targets by indicator and period; "" takes one away, what is not named stays. All are saved or none.

    Raises HoldsNoPost, or FieldErrors with keys "IKU-01" and "IKU-01 2026-TW1".
    """
    acting_in(by, office.pk, roles=MAY_EDIT_INDICATORS, to="mengubah target")
    there = {one.code: one for one in entries(office, year)}
    wrong = {code: _no_such(code, there, year) for code in targets if code not in there}
    saved = []
    with transaction.atomic():
        for code, given in targets.items():
            if code in wrong:
                continue
            try:
                merged = {**dict(definition_of(there[code]).targets), **given}
                saved.append(save_indicator(office=office, code=code, year=year, fields={}, targets=merged, by=by))
            except FieldErrors as error:
                wrong |= {f"{code} {name.removeprefix('target-')}": text for name, text in error.fields.items()}
        if wrong:
            raise FieldErrors(wrong)
    return saved


def _no_such(code: str, known: Collection[str], year: int) -> str:
    meant = near(code, known)
    return f"Indikator {code} tidak ada pada tahun {year}." + (f" Mungkin maksudnya {meant}." if meant else "")
