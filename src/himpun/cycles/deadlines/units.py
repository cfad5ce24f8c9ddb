"""How often a time that is given for each unit is counted: by the posts an office has."""

from collections.abc import Collection, Iterable, Mapping

from django.db.models import Count

from himpun import clock
from himpun.offices.models.offices import Post
from himpun.procedures.definition import Procedure, Step

Holders = Mapping[tuple[int, str], int]
"""Office and role → how many posts of the office have that role."""


def holder_numbers(offices: Collection[int], procedures: Iterable[Procedure]) -> Holders:
    """What these procedures count by in these offices: no query where no time is given for each of something, else one."""
    roles = {role for procedure in procedures for role in procedure.counted_roles.values()}
    if not roles or not offices:
        return {}
    there = Post.objects.there_on(clock.today()).filter(office__in=offices, role__in=roles)
    rows = there.values_list("office", "role").annotate(Count("pk"))
    return {(office, role): number for office, role, number in rows.order_by()}


def counted_by(holders: Holders, office: int, procedure: Procedure) -> Procedure:
    """The procedure with the times that are given for each unit counted for every unit of this office."""
    numbers = {no: holders.get((office, role), 1) for no, role in procedure.counted_roles.items()}
    return procedure.counted(numbers) if numbers else procedure


def counted_in(office: int, procedure: Procedure) -> Procedure:
    """The same of one office, read when it is needed."""
    return counted_by(holder_numbers([office], [procedure]), office, procedure)


def step_in(office: int, procedure: Procedure, step: Step) -> Step:
    """The same of one step."""
    return counted_in(office, procedure).step(step.no) if procedure.counted_roles else step
