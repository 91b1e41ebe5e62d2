"""What the agenda asks after it has moved a test practice's clock."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from vetagenda_kit.caller import ServiceCaller
from vetagenda_kit.models import Instant
from vetagenda_kit.problems import NotFound, problems
from vetagenda_kit.routing import router
from vetagenda_kit.service import Service
from vetagenda_reminders.played import queries
from vetagenda_reminders.played.schemas import Played

internal = router(tags=["internal"], prefix="/internal/played")
internal.include_in_schema = False


@internal.get("/{practice_id}", responses=problems(NotFound))
async def get_played(
    practice_id: UUID,
    since: Annotated[Instant, Query(alias="from")],
    until: Annotated[Instant, Query(alias="to")],
    request: Request,
    caller: ServiceCaller,
) -> Played:
    """The ledger's outcomes from the one instant to before the other."""
    if not caller.sees(practice_id):
        raise NotFound("there is no such practice")
    service: Service = request.app.state.service
    async with service.db.reading([practice_id]) as session:
        return await queries.played(session, practice_id, since, until)
