"""How reminders gets the links that it puts into what it sends."""

from uuid import UUID

from fastapi import Request

from vetagenda_booking.links import making
from vetagenda_booking.links.schemas import LinksMade, LinksWanted
from vetagenda_kit.caller import ServiceCaller
from vetagenda_kit.routing import router

api = router(tags=["internal"], prefix="/internal/practices/{practice_id}/links")
api.include_in_schema = False


@api.post("")
async def make_links(
    practice_id: UUID, wanted: LinksWanted, request: Request, _caller: ServiceCaller
) -> LinksMade:
    """Links to the revisions that the caller read and is about to tell, not to what they have become since.
    Nothing is stored: a link to what has moved or ended meanwhile is outdated or ended from the first."""
    service = request.app.state.service
    return LinksMade(
        links=[making.link_to(service, each.revision(practice_id)) for each in wanted.appointments]
    )
