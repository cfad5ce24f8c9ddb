"""The line of command: who stands above a post, and above its office."""

from collections.abc import Iterable

from himpun.offices.models.offices import Office, Post
from himpun.offices.rules import KEPALA


def line_above(posts: Iterable[Post], levels: int) -> dict[int, list[int]]:
    """For each post the posts above it, nearest first, at most `levels` of them. Queries by levels, not by posts.

    Above the kepala of an office stands the kepala of the office above it; above any other post without a superior
    stands nobody.
    """
    asked = list(posts)
    above: dict[int, int | None] = {}
    frontier = {post.pk: post for post in asked}
    for _ in range(levels):
        above |= _directly_above(list(frontier.values()))
        frontier = Post.objects.in_bulk({pk for pk in above.values() if pk is not None and pk not in above})
        if not frontier:
            break
    return {post.pk: _followed(post.pk, above, levels) for post in asked}


def _directly_above(posts: list[Post]) -> dict[int, int | None]:
    tops = {post.office_id for post in posts if post.parent_id is None and post.role == KEPALA}
    kepala = _kepala_above(tops) if tops else {}
    return {post.pk: post.parent_id or (kepala.get(post.office_id) if post.role == KEPALA else None) for post in posts}


def _kepala_above(office_ids: set[int]) -> dict[int, int]:
    """Office → the kepala post of the office above it, where there is one."""
    parents = dict(
        Office.objects.filter(pk__in=office_ids, parent__isnull=False).order_by().values_list("pk", "parent_id")
    )
    kepala = dict(
        Post.objects.filter(office__in=set(parents.values()), role=KEPALA).order_by().values_list("office_id", "pk")
    )
    return {office: kepala[parent] for office, parent in parents.items() if parent in kepala}


def _followed(post_id: int, above: dict[int, int | None], levels: int) -> list[int]:
    line: list[int] = []
    at: int | None = post_id
    while len(line) < levels and (at := above.get(at) if at is not None else None) is not None:
        line.append(at)
    return line
