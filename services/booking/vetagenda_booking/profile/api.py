"""The booking profile of a practice."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Response

from vetagenda_booking.profile import commands, queries
from vetagenda_booking.profile.references import CheckedProfile
from vetagenda_booking.profile.schemas import ProfileView
from vetagenda_booking.tables import BookingProfile
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Read
from vetagenda_kit.etags import etag
from vetagenda_kit.partners import LET_IN
from vetagenda_kit.problems import (
    InvalidRequest,
    NotFound,
    PartnerNotActivated,
    StaleVersion,
    VersionRequired,
    problems,
)
from vetagenda_kit.routing import Write, router

api = router(tags=["booking"], prefix="/v1/practices/{practice_id}/booking-profile")


@api.get("", dependencies=LET_IN, responses=problems(PartnerNotActivated))
async def get_booking_profile(
    practice_id: UUID,
    session: Read,
    _caller: Annotated[Caller, Depends(requires("booking:read", "practice:read", apps=True))],
    response: Response,
) -> ProfileView:
    """The rules of online booking, in their normal form."""
    profile = queries.view(await session.get(BookingProfile, practice_id))
    response.headers["ETag"] = etag(profile.version)
    return profile


@api.put("", responses=problems(InvalidRequest, NotFound, StaleVersion, VersionRequired))
async def put_booking_profile(
    practice_id: UUID,
    profile: CheckedProfile,
    session: Write,
    caller: Annotated[Caller, Depends(requires("practice:write"))],
    response: Response,
    if_match: Annotated[str | None, Header()] = None,
) -> ProfileView:
    """Replace the whole profile; what is left out has its default. The first time needs no If-Match.

    The rules are the practice's own: a key that only books cannot change them.
    """
    row = await commands.replace(session, practice_id, profile, if_match, caller.actor)
    response.headers["ETag"] = etag(row.version)
    return queries.view(row)
