"""An offer over which something was laid is withdrawn: it could not be accepted any more.

It happens in the transaction that lays an absence, a closure or an overriding appointment there, and before
what is freed is offered: what remains of the held time goes to the next.

That transaction has locked calendars; who decides about an offer locks the entry first and then waits for
calendars. So an entry that somebody else has is never waited for but passed over, and the job withdraws its
offer a moment later. It does so too with one that was made while a closure, which locks no calendar, was
being entered.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_agenda.occupancy import commands as occupancy
from vetagenda_agenda.occupancy import covered
from vetagenda_agenda.waitlist import commands, offering, queries
from vetagenda_agenda.waitlist.tables import Offer, WaitlistEntry
from vetagenda_kit.db import WriteSession


async def withdraw_covered(session: WriteSession) -> None:
    """Before every commit: take back what the transaction has laid something over."""
    for practice_id in sorted(covered.noted(session)):
        await session.flush()
        now = await offering.now_in(session, practice_id)
        found = await session.execute(queries.covered(now, col(Offer.practice_id) == practice_id))
        for offer_id, _practice_id in found.all():
            await withdraw(session, offer_id, now)


async def withdraw(session: WriteSession, offer_id: UUID, now: datetime) -> bool:
    """False when somebody else has the entry or a calendar, or when the offer is settled or can be accepted
    after all."""
    offer = await session.get_one(Offer, offer_id)
    query = select(WaitlistEntry).where(col(WaitlistEntry.id) == offer.entry_id)
    locked = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    entry = (await session.scalars(locked)).first()
    if entry is None:
        return False
    offer = await session.get_one(Offer, offer_id, with_for_update=True, populate_existing=True)
    if (await session.execute(queries.covered(now, col(Offer.id) == offer_id))).first() is None:
        return False
    if not await occupancy.lock_hold(session, offer_id):
        return False
    await commands.withdraw(session, entry, offer, now)
    return True
