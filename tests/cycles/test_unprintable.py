"""What no font can show is said where it is written, and again before anybody approves a paper that holds it."""

import pytest

from himpun.cycles.steps.drafting import save_draft
from himpun.documents.actions import NotAllPrinted
from himpun.documents.models import DocumentVersion
from himpun.errors import FieldErrors
from tests.cast import Cast


@pytest.mark.parametrize(("written", "named"), [("Analisis 中文", "“中”, “文”"), ("\ue123 baris", "“\ue123”")])
def test_a_draft_with_a_character_that_is_not_printed_is_refused_at_its_field(
    small: Cast, written: str, named: str
) -> None:
    cycle = small.to_step_4()
    small.decide(cycle, "terima")
    based_on = small.draft(cycle).latest.no

    with pytest.raises(FieldErrors) as refused:
        save_draft(cycle=cycle, narrative={"analisis": written}, reason="x", based_on=based_on, by=small.kasubbag)
    assert named in refused.value.fields["analisis"]

    for taken in ("\uf0b7 butir ✓ ☐ ➢ 😀", "biasa saja"):
        save_draft(cycle=cycle, narrative={"analisis": taken}, reason="x", based_on=based_on, by=small.kasubbag)
        based_on += 1


def test_nobody_approves_a_paper_that_names_letters_instead_of_printing_them(small: Cast) -> None:
    cycle = small.to_signing()
    latest = small.draft(cycle).latest
    content = {**latest.content, "title": "Data 한국"}
    DocumentVersion.objects.filter(pk=latest.pk).update(content=content)

    with pytest.raises(NotAllPrinted, match=r"“한” \(tercetak \[U\+D55C\]\)"):
        small.decide(cycle, "tanda tangan", sha256=small.sha(cycle))
