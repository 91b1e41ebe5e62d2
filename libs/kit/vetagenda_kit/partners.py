"""What an app of a partner does in a practice, it does while that lets it in: the agenda knows (PART-1)."""

from uuid import UUID

from fastapi import Depends, Request

from vetagenda_kit.caller import CurrentCaller
from vetagenda_kit.service import Service


async def check_let_in(practice_id: UUID, request: Request, caller: CurrentCaller) -> None:
    """Asked before a session is open. Raises what the agenda answers: PartnerNotActivated."""
    if caller.actor.partner_id is not None:
        service: Service = request.app.state.service
        path = f"/internal/practices/{practice_id}/partner-activation"
        await service.peers.call("agenda", "GET", path, actor=caller.actor, practices=[practice_id])


LET_IN = [Depends(check_let_in)]
