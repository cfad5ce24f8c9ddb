"""Who stands above a post: within its office, beyond its kepala, and where the line ends."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from himpun.offices.line import line_above
from himpun.offices.models.offices import Post
from tests.cast import Cast, found_office


@pytest.fixture
def office(db: None) -> Cast:
    """Sekretaris and units under the kepala, and an office above."""
    cast = found_office()
    Post.objects.filter(office=cast.office).exclude(role="kepala").update(parent=cast.post("kepala"))
    cast.office.parent = found_office("kab").office
    cast.office.save()
    return cast


def test_above_the_kepala_stands_the_kepala_of_the_office_above_and_then_nobody(office: Cast) -> None:
    unit, kepala = office.post_of_unit(0), office.post("kepala")
    regent = Post.objects.get(office__code="kab", role="kepala")

    assert line_above([unit, kepala], 5) == {unit.pk: [kepala.pk, regent.pk], kepala.pk: [regent.pk]}
    assert line_above([unit], 1) == {unit.pk: [kepala.pk]}
    assert line_above([unit], 0) == {unit.pk: []}


def test_above_another_post_without_superior_stands_nobody(office: Cast) -> None:
    Post.objects.filter(pk=office.post("analis").pk).update(parent=None)
    analis = office.post("analis")

    assert line_above([analis], 5) == {analis.pk: []}


def test_superiors_that_form_a_ring_do_not_go_on_for_ever(office: Cast) -> None:
    Post.objects.filter(pk=office.post("kepala").pk).update(parent=office.post_of_unit(0))
    unit, kepala = office.post_of_unit(0), office.post("kepala")

    assert line_above([unit], 3) == {unit.pk: [kepala.pk, unit.pk, kepala.pk]}


def test_the_line_costs_the_same_for_any_number_of_posts(office: Cast) -> None:
    def cost(posts: list[Post]) -> int:
        with CaptureQueriesContext(connection) as queries:
            line_above(posts, 3)
        return len(queries)

    units = list(Post.objects.filter(office=office.office, role="unit"))
    assert len(units) == 2
    assert cost(units) == cost(units[:1])
