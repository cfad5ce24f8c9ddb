"""The form of a step: each action shows its own template, and each reads what was filled in for it."""

from django.conf import settings
from django.http import QueryDict

from himpun.cycles.steps.actions import STEP_ACTIONS
from himpun.web.steps import FORMS, PLACES, filled_in

ROOT = settings.TEMPLATES[0]["DIRS"][0]


def test_every_form_is_of_an_action_and_its_template_is_named_as_it() -> None:
    assert set(FORMS) <= set(STEP_ACTIONS)
    named = {name: form.template for name, form in FORMS.items() if form.template}
    assert named == {name: f"cycles/steps/{name}.html" for name in named}
    assert {path.stem for path in (ROOT / "cycles/steps").iterdir()} == set(named)
    assert {form.place for form in FORMS.values()} <= set(PLACES)


def test_what_was_filled_in_is_read_by_the_form_it_belongs_to() -> None:
    given = QueryDict("to=3&to=x&instructions=proses&note=Segera&sha256=ab&decision=disposisi&lain=1")

    disposition = {"to": ["3"], "instructions": ["proses"], "note": "Segera", "sha256": "ab"}
    assert disposition.items() <= filled_in(given).items()
    assert "lain" not in filled_in(given)
    assert filled_in(QueryDict(""))["to"] == []
