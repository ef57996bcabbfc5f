"""Names beside the codes of procedures, where a digest leaves for a reader. Pure.

A name that was kept with a locked digest stays; what has none (another catalog, a file of ratings) is told by its code.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from ratings.digest import Digest
from ratings.follow_ups import Done
from ratings.sub_ratings import SubRating

NameOf = Callable[[str], str | None]
"""A procedure's name by its code; None where it is not known."""


def with_names(digest: Digest, name_of: NameOf) -> Digest:
    """The same with the names that are known; ``name_of`` is asked only for procedures that are told of."""

    def named(each: SubRating) -> SubRating:
        if each.procedure is None or each.name is not None:
            return each
        return replace(each, name=name_of(each.procedure))

    def noted(each: Done) -> Done:
        return each if each.name is not None else replace(each, name=name_of(each.procedure))

    follow = digest.follow_ups
    return replace(
        digest,
        sub_ratings=tuple(map(named, digest.sub_ratings)),
        follow_ups=None if follow is None else replace(follow, done=tuple(map(noted, follow.done))),
        block=None if digest.block is None else with_names(digest.block, name_of),
    )
