"""What the sms service does when an owner is erased, and when a practice keeps other hours."""

from datetime import datetime
from zoneinfo import ZoneInfo

from vetagenda_contracts.agenda import OwnerDeleted, PracticeUpdated
from vetagenda_kit.clock import system_now
from vetagenda_kit.consumers import Consumers, Delivery
from vetagenda_kit.db import WriteSession
from vetagenda_sms.choices import queries as choices
from vetagenda_sms.messages.replanning import Hours, plan_again
from vetagenda_sms.retention import commands as retention

consumers = Consumers("sms")
_DECIDE_WHEN = ("time_zone", "country")


@consumers.on(OwnerDeleted)
async def forget_the_owner(session: WriteSession, event: OwnerDeleted, delivery: Delivery) -> None:
    theirs = retention.of_owner(event.practice_id, event.aggregate_id, hashes=())
    await retention.forget_owner(session, theirs, delivery.service.actor)


@consumers.on(PracticeUpdated)
async def plan_by_new_hours(session: WriteSession, event: PracticeUpdated, _delivery: Delivery) -> None:
    """The event says what time it is for a test practice: nobody is asked while the session is open."""
    before, after = event.before or {}, event.after or {}
    if all(before.get(name) == after.get(name) for name in _DECIDE_WHEN):
        return
    ways = await choices.ways_of(session, event.practice_id, after["country"])
    virtual = after.get("virtual_now")
    now = datetime.fromisoformat(virtual) if virtual else system_now()
    hours = Hours(ZoneInfo(after["time_zone"]), ways.holidays, now, virtual=virtual is not None)
    await plan_again(session, event.practice_id, hours)
