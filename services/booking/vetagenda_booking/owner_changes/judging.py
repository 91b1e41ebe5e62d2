"""May this owner still cancel or move, and where to."""

from datetime import datetime
from uuid import UUID

from vetagenda_booking.intents.orders import Origin
from vetagenda_booking.owner_changes.moving import Facts, new_place
from vetagenda_booking.owner_changes.orders import CancelByOwner, MoveByOwner
from vetagenda_booking.owner_changes.rules import MOVABLE, may_change
from vetagenda_booking.owner_changes.schemas import OwnerReschedule
from vetagenda_booking.problems import CancellationWindowClosed, StatusConflict
from vetagenda_booking.profile.queries import profile as read_profile
from vetagenda_booking.requests import queries as requests
from vetagenda_booking.slots.queries import agenda
from vetagenda_kit.problems import NotFound
from vetagenda_kit.service import Service


async def check_own(service: Service, origin: Origin, appointment_id: UUID, made_by: str | None) -> None:
    """Raises NotFound when only what `made_by` has booked is the caller's, and this is not."""
    if made_by is None:
        return
    async with service.db.reading([origin.practice_id]) as session:
        await requests.check_made_by(session, appointment_id, made_by)


async def prepare_cancel(
    service: Service, origin: Origin, appointment_id: UUID, reason: str
) -> CancelByOwner:
    """Raises CancellationWindowClosed and NotFound. What is cancelled already may be cancelled again."""
    facts = await facts_of(service, origin, appointment_id)
    if facts["appointment"]["status"] != "cancelled":
        await _check_window(service, origin, facts)
    return CancelByOwner(appointment_id=appointment_id, reason=reason)


async def prepare_move(
    service: Service, origin: Origin, appointment_id: UUID, request: OwnerReschedule
) -> MoveByOwner:
    """Raises StatusConflict, CancellationWindowClosed, SlotNotOffered and NotFound."""
    facts = await facts_of(service, origin, appointment_id)
    await check_movable(service, origin, facts)
    return MoveByOwner.to(appointment_id, await new_place(service, origin, facts, request))


async def facts_of(service: Service, origin: Origin, appointment_id: UUID) -> Facts:
    answer = await agenda(service, origin).appointment(appointment_id)
    if not answer["items"]:
        raise NotFound("there is no such appointment")
    return {**answer["items"][0], "practice": answer["practice"]}


async def check_movable(service: Service, origin: Origin, facts: Facts) -> None:
    """Raises StatusConflict and CancellationWindowClosed: no start whatever would do."""
    status = facts["appointment"]["status"]
    if status not in MOVABLE:
        raise StatusConflict(f"it is {status}: it cannot be changed in time", current_status=status)
    await _check_window(service, origin, facts)


async def _check_window(service: Service, origin: Origin, facts: Facts) -> None:
    async with service.db.reading([origin.practice_id]) as session:
        limit = (await read_profile(session, origin.practice_id)).cancel_limit
    start = datetime.fromisoformat(facts["appointment"]["start"])
    if not may_change(await service.clock.now(origin.practice_id), start, limit):
        raise CancellationWindowClosed.call(facts["practice"]["phone"], until=start - limit)
