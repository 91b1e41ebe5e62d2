"""What the clock of a test practice sets going here (PLAT-5)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, exists, or_, select
from sqlalchemy.orm import Mapped
from sqlmodel import col

from vetagenda_kit.jobs import VirtualTime
from vetagenda_kit.service import Service
from vetagenda_reminders.appointments import jobs as planning
from vetagenda_reminders.appointments import queries as plans
from vetagenda_reminders.desk import jobs as desk
from vetagenda_reminders.ladder import jobs as ladder
from vetagenda_reminders.ladder import queries as ladders
from vetagenda_reminders.ladder.answers import jobs as answers
from vetagenda_reminders.ladder.answers.tables import OwnerAnswer
from vetagenda_reminders.ledger import lateness, queries
from vetagenda_reminders.ledger.vocabulary import Status
from vetagenda_reminders.offers import jobs as offers
from vetagenda_reminders.sending import abandoned, withdrawing
from vetagenda_reminders.sending import jobs as sending
from vetagenda_reminders.tables import AppointmentPlan, DeskMessagePlan, OfferPlan, Reminder
from vetagenda_reminders.visits import jobs as visit_lines
from vetagenda_reminders.visits.tables import VisitLine
from vetagenda_reminders.web_push import jobs as pushes
from vetagenda_reminders.web_push.tables import DeliveryStatus, PushDelivery


def _anything() -> Select[bool]:
    """Whatever one of the steps below might find, and now and then something that it does not."""
    practice_id: BindParameter[UUID] = bindparam("practice_id")
    until: BindParameter[datetime] = bindparam("until")
    open_pushes = (DeliveryStatus.PLANNED, DeliveryStatus.SENDING)

    def row(*where: ColumnElement[bool] | Mapped[bool]) -> ColumnElement[bool]:
        return exists().where(col(Reminder.practice_id) == practice_id, *where)

    return select(
        or_(
            exists().where(col(AppointmentPlan.practice_id) == practice_id, col(AppointmentPlan.dirty)),
            exists().where(col(OfferPlan.practice_id) == practice_id, col(OfferPlan.dirty)),
            exists().where(col(DeskMessagePlan.practice_id) == practice_id, col(DeskMessagePlan.dirty)),
            exists().where(col(VisitLine.practice_id) == practice_id, col(VisitLine.look_again)),
            exists().where(col(OwnerAnswer.practice_id) == practice_id),
            exists().where(
                col(PushDelivery.practice_id) == practice_id, col(PushDelivery.status).in_(open_pushes)
            ),
            row(col(Reminder.due_at) <= until, col(Reminder.status) == Status.PLANNED),
            row(col(Reminder.useful_until) <= until, col(Reminder.status) == Status.READY),
            row(col(Reminder.ladder_look)),
            row(col(Reminder.call_back).is_not(None)),
            row(col(Reminder.merged_into).is_not(None)),
        )
    )


_ANYTHING = _anything()
"""One question instead of ten: a test practice is asked at every minute at which any service has something
to do."""


async def run_due(service: Service, practice_id: UUID, until: datetime) -> list[str]:
    """A test practice's time has come to `until`."""
    async with service.db.jobs_reading() as session:
        if not await session.scalar(_ANYTHING, {"practice_id": practice_id, "until": until}):
            return []
    await planning.plan_practice(service, practice_id)
    await offers.plan_practice(service, practice_id)
    await desk.plan_practice(service, practice_id)
    await visit_lines.mend_practice(service, practice_id)
    await withdrawing.call_back_marked_of(service, practice_id)
    await abandoned.bring_back(service)
    answered = await answers.confirm_of(service, practice_id)
    sent = await sending.send_due_of(service, practice_id, until)
    sent += await ladder.climb_of(service, practice_id, until)
    pushed = await pushes.deliver_of(service, practice_id)
    return [*answered, *sent, *pushed, *await lateness.give_up_late_of(service, practice_id, until)]


async def next_due(service: Service, practice_id: UUID) -> datetime | None:
    """When the next message is due; at once while changes wait to be planned."""
    async with service.db.jobs_reading() as session:
        for part in (plans, offers, desk, visit_lines, ladders, withdrawing):
            if await part.is_behind(session, practice_id):
                return await service.clock.virtual(practice_id)
        instants = (
            await queries.next_virtual_instant(session, practice_id),
            await lateness.next_virtual_end(session, practice_id),
        )
        return min(filter(None, instants), default=None)


VIRTUAL_TIME = VirtualTime(next_due=next_due, run_due=run_due)
