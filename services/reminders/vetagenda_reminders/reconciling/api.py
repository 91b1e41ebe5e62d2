"""For the platform's own tools: compare at once, after a restore for example."""

from uuid import UUID

from fastapi import Request

from vetagenda_kit.caller import ServiceCaller
from vetagenda_kit.clock import system_now
from vetagenda_kit.models import RequestModel, ViewModel
from vetagenda_kit.problems import NotFound
from vetagenda_kit.routing import router
from vetagenda_reminders.reconciling import jobs
from vetagenda_reminders.reconciling.rules import Found

api = router(tags=["internal"], prefix="/internal")
api.include_in_schema = False


class Order(RequestModel):
    practice_id: UUID


class ReconciledView(ViewModel):
    """How many appointments were marked to be planned anew, by what was found."""

    missing: int
    behind: int
    ahead: int
    gone: int


@api.post("/reconcile")
async def reconcile(order: Order, request: Request, caller: ServiceCaller) -> ReconciledView:
    """Compare all of a practice's coming appointments now, also those that changed a moment ago."""
    if not caller.sees(order.practice_id):
        raise NotFound("there is no such practice")
    counts = await jobs.reconcile(request.app.state.service, order.practice_id, system_now())
    return ReconciledView(**{what.value: counts[what] for what in Found})
