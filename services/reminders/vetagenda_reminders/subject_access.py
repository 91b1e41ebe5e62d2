"""What this service holds about one owner, for the agenda's export of all that the platform holds."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlmodel import col

from vetagenda_contracts.privacy import DataSubject
from vetagenda_kit.caller import ServiceCaller
from vetagenda_kit.db import Read, ReadSession
from vetagenda_kit.routing import router
from vetagenda_kit.rows import RowModel
from vetagenda_reminders.tables import Administration, AppointmentChoice, BouncedAddress, Reminder
from vetagenda_reminders.visits.tables import Visit
from vetagenda_reminders.web_push.tables import PushSubscription

api = router(tags=["internal"], prefix="/internal/practices/{practice_id}/subject-access")
api.include_in_schema = False


@api.post("")
async def hold(
    practice_id: UUID, subject: DataSubject, session: Read, _caller: ServiceCaller
) -> dict[str, list[dict[str, Any]]]:
    """Rows as they are kept, without digests and secrets."""

    def named(table: Any) -> ColumnElement[bool]:
        of_owner: ColumnElement[bool] = col(table.owner_id) == subject.owner_id
        return of_owner

    visits = col(Reminder.appointment_id).in_(subject.appointment_ids)
    given = col(Administration.animal_id).in_(subject.animal_ids)
    browsers = {"endpoint", "p256dh", "auth"}
    return {
        "reminders": await _rows(session, Reminder, named(Reminder) | visits, without={"lease"}),
        "choices": await _rows(session, AppointmentChoice, named(AppointmentChoice)),
        "visits": await _rows(session, Visit, named(Visit)),
        "administrations": await _rows(session, Administration, given),
        "bounced_addresses": await _rows(session, BouncedAddress, named(BouncedAddress), without={"digest"}),
        "browsers": await _rows(session, PushSubscription, named(PushSubscription), without=browsers),
    }


async def _rows(
    session: ReadSession, table: type[RowModel], *where: ColumnElement[bool], without: Collection[str] = ()
) -> list[dict[str, Any]]:
    rows = await session.scalars(select(table).where(*where))
    return [row.model_dump(mode="json", exclude=set(without)) for row in rows]
