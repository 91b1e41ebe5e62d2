"""What a partner's app reads here, it reads while the practice lets it in: the agenda knows (PART-1)."""

from uuid import UUID

from fastapi import Depends, Request

from vetagenda_booking.agenda import Agenda
from vetagenda_kit.caller import CurrentCaller
from vetagenda_kit.service import Service


async def _check_let_in(practice_id: UUID, request: Request, caller: CurrentCaller) -> None:
    """Asked before a session is open. Raises what the agenda answers: PartnerNotActivated."""
    if caller.actor.partner_id is not None:
        service: Service = request.app.state.service
        await Agenda(service.peers, practice_id, caller.actor).known((), ())


LET_IN = [Depends(_check_let_in)]
