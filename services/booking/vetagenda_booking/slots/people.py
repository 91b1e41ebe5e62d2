"""What the rules need to know of the owner and the animals, from the agenda's facts."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from vetagenda_booking.slots.question import OwnerKind
from vetagenda_kit.problems import InvalidRequest, NotFound


def owner_kind_of(
    owner_id: UUID | None, stated: OwnerKind | None, people: Mapping[str, Any], pointer: str
) -> OwnerKind | None:
    """An owner with a record is known; `pointer` is where the caller states otherwise.

    Raises NotFound for an id that the practice does not have.
    """
    if owner_id is None:
        return stated
    if str(owner_id) not in {owner["id"] for owner in people["owners"]}:
        at = f"{pointer[0]}owner_id"  # beside it, in the query or the body
        raise NotFound(f"{at}: there is no such owner")
    if stated == "new":
        raise InvalidRequest.at(pointer, "an owner with an id is known")
    return "known"
