"""Whose data an answer shows, beside the practice in its path: for the gateway, which notes every access to a
practice (PLAT-2) and passes this on to nobody."""

from collections.abc import Iterable
from uuid import UUID

from fastapi import Response

HEADER = "vetagenda-concerned"


def note(response: Response, practice_ids: Iterable[UUID]) -> None:
    """The practices whose data is in the answer."""
    if named := sorted({str(each) for each in practice_ids}):
        response.headers[HEADER] = ",".join(named)


def read(value: str) -> list[UUID]:
    return [UUID(each) for each in value.split(",")]
