"""Changing when a procedure's open steps remind: the rules of an office, checked as a whole and replaced as a whole."""

from collections.abc import Sequence

from himpun import clock
from himpun.archive.journal import Turn, act
from himpun.cycles.models import ReminderRule, Task
from himpun.cycles.reminders.plan import AFTER, AT, BEFORE, Rule, amount_of
from himpun.errors import FieldErrors
from himpun.offices.acting import acting_in
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_PUBLISH_PROCEDURES
from himpun.offices.worktime import Amount

MOST_RULES = 12
MOST_UP = 5
LONGEST_DAYS = 366
"""A longer time reminds of nothing, and may lie beyond the calendar."""
DAY = 480


def save_rules(*, office: Office, key: str, rules: Sequence[Rule], by: Person) -> None:
    """Let an office remind of a procedure's steps by these rules. Raises HoldsNoPost or FieldErrors ("amount-0", …).

    Every open task is looked at anew: a rule whose moment is over and that has not fired for the due moment fires now.
    """
    actor = acting_in(by, office.pk, roles=MAY_PUBLISH_PROCEDURES, to="mengubah aturan pengingat")
    check_rules(rules)
    with act(office.code, at=clock.now(), author=actor.author) as turn:
        ReminderRule.objects.filter(office=office, key=key).delete()
        ReminderRule.objects.bulk_create(
            ReminderRule(
                office=office, key=key, when=rule.when, amount=rule.amount, up=rule.up, obligatory=rule.obligatory
            )
            for rule in rules
        )
        data = {"procedure": key, "rules": [rule.text for rule in rules]}
        turn.record("cycles:reminders:changed", f"office:{office.code}", data)
        _look_anew(turn, office, key)


def restore_rules(*, office: Office, key: str, by: Person) -> None:
    """Let an office remind of a procedure's steps by the usual rules again. Raises HoldsNoPost."""
    actor = acting_in(by, office.pk, roles=MAY_PUBLISH_PROCEDURES, to="mengubah aturan pengingat")
    with act(office.code, at=clock.now(), author=actor.author) as turn:
        ReminderRule.objects.filter(office=office, key=key).delete()
        turn.record("cycles:reminders:restored", f"office:{office.code}", {"procedure": key})
        _look_anew(turn, office, key)


def _look_anew(turn: Turn, office: Office, key: str) -> None:
    open_ = Task.objects.filter(cycle__office=office, cycle__key=key, decided_at__isnull=True, due_at__isnull=False)
    open_.update(nudge_at=turn.at)


def check_rules(rules: Sequence[Rule]) -> None:
    """Raises FieldErrors naming each rule by its place."""
    errors: dict[str, str] = {}
    if not rules:
        errors["rules"] = "Sisakan sekurangnya satu aturan, atau kembali ke aturan bawaan."
    if len(rules) > MOST_RULES:
        errors["rules"] = f"Paling banyak {MOST_RULES} aturan untuk satu prosedur."
    seen: set[tuple[str, Amount | None, int]] = set()
    for place, rule in enumerate(rules):
        if sentence := _wrong(rule) or ("Aturan ini sudah ada di atas." if _same(rule) in seen else ""):
            errors[f"amount-{place}"] = sentence
        seen.add(_same(rule))
    if errors:
        raise FieldErrors(errors)


def _same(rule: Rule) -> tuple[str, Amount | None, int]:
    """What makes two rules the same however their time is written: "1 hari" is "480 menit"."""
    return rule.when, amount_of(rule.amount, DAY), rule.up


def _wrong(rule: Rule) -> str:
    """Why a rule cannot be kept, in a sentence; "" when it can."""
    if rule.when not in (BEFORE, AT, AFTER) or not 0 <= rule.up <= MOST_UP:
        return f"Pilih sebelum, tepat, atau sesudah, dan paling jauh {MOST_UP} tingkat ke atas."
    if rule.when == AT:
        return "Kosongkan waktunya: aturan ini berlaku tepat pada batas waktu." if rule.amount else ""
    amount = amount_of(rule.amount, DAY)
    if amount is None or amount == Amount() or len(rule.amount) > 40:
        return "Tulis waktu kerja seperti “4 jam”, “30 menit”, atau “1 hari”."
    return f"Paling lama {LONGEST_DAYS} hari." if amount.working_minutes(DAY) >= (LONGEST_DAYS + 1) * DAY else ""
