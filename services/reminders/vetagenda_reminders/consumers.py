"""What reminders does when others change something."""

from datetime import timedelta

from vetagenda_contracts.agenda import (
    APPOINTMENT_EVENTS,
    AnimalDeleted,
    AnimalUpdated,
    AppointmentEvent,
    AppointmentTypeUpdated,
    OfferAccepted,
    OfferDeclined,
    OfferEvent,
    OfferExpired,
    OfferMade,
    OfferWithdrawn,
    OwnerDeleted,
    OwnerUpdated,
    PracticeUpdated,
)
from vetagenda_contracts.booking import ProfileUpdated
from vetagenda_contracts.desk import DeskUpdated, MessageDeleted, MessageEvent, MessagePosted
from vetagenda_contracts.sms import (
    MessageAccepted,
    MessageDelivered,
    MessageFailed,
    MessageUnconfirmed,
    ReplyReceived,
)
from vetagenda_kit.consumers import Consumers, Delivery
from vetagenda_kit.db import WriteSession
from vetagenda_reminders.appointments import choosing, marking
from vetagenda_reminders.channels.bounces import commands as bounces
from vetagenda_reminders.desk import marking as desk
from vetagenda_reminders.ladder.answers import commands as answers
from vetagenda_reminders.ledger import commands as ledger
from vetagenda_reminders.ledger import outdating
from vetagenda_reminders.ledger.vocabulary import UNCONFIRMED, SkipReason
from vetagenda_reminders.offers import marking as offers
from vetagenda_reminders.preferences import commands as preferences
from vetagenda_reminders.web_push import commands as web_push

consumers = Consumers("reminders")

_DECIDE_WHEN = ("time_zone", "hide_time", "arrival_window")
_HEARD = {
    MessageAccepted.type: "accepted",
    MessageDelivered.type: "delivered",
    MessageUnconfirmed.type: UNCONFIRMED,
}
_FAILURES = {
    "undelivered": SkipReason.UNDELIVERED,
    "rejected": SkipReason.REFUSED,
    "expired": SkipReason.TOO_LATE,
    "over_quota": SkipReason.OVER_QUOTA,
    "opted_out": SkipReason.OPTED_OUT,
    "erased": SkipReason.GONE,
}


@consumers.on(*APPOINTMENT_EVENTS)
async def plan_messages_again(session: WriteSession, event: AppointmentEvent, _delivery: Delivery) -> None:
    await marking.note_change(session, event)


@consumers.on(OfferMade, OfferAccepted, OfferDeclined, OfferExpired, OfferWithdrawn)
async def tell_of_an_offer(session: WriteSession, event: OfferEvent, _delivery: Delivery) -> None:
    """Told when it is made; what has not left is withdrawn when it is settled."""
    await offers.note_change(session, event)


@consumers.on(MessagePosted, MessageDeleted)
async def tell_of_a_desk_message(session: WriteSession, event: MessageEvent, _delivery: Delivery) -> None:
    """What has not left is withdrawn when it is deleted."""
    await desk.note_change(session, event)


@consumers.on(DeskUpdated)
async def try_the_desk_anew(session: WriteSession, event: DeskUpdated, _delivery: Delivery) -> None:
    """The practice may have written its e-mail address anew."""
    if "messages" in event.fields:
        await bounces.forget_staff_bounces(session, event.practice_id)


@consumers.on(PracticeUpdated, AppointmentTypeUpdated)
async def plan_by_new_hours(
    session: WriteSession, event: PracticeUpdated | AppointmentTypeUpdated, _delivery: Delivery
) -> None:
    """The time zone and a hidden hour decide when a message is due; an e-mail address that is written anew is
    tried again."""
    before, after = event.before or {}, event.after or {}
    if any(before.get(name) != after.get(name) for name in _DECIDE_WHEN):
        await marking.plan_again(session, event.practice_id)
    if "email" in event.fields or before.get("email") != after.get("email"):
        await bounces.forget_staff_bounces(session, event.practice_id)


@consumers.on(ProfileUpdated)
async def note_cancellation_window(session: WriteSession, event: ProfileUpdated, _delivery: Delivery) -> None:
    closes_before = timedelta(hours=event.after["cancel_limit_hours"])
    await preferences.note_cancellation_window(session, event.practice_id, closes_before)


@consumers.on(OwnerDeleted)
async def forget_the_owner(session: WriteSession, event: OwnerDeleted, _delivery: Delivery) -> None:
    await ledger.forget_owner(session, event.aggregate_id)
    await choosing.forget_owner(session, event.aggregate_id)
    await bounces.forget_bounces(session, event.aggregate_id)
    await web_push.forget_owner(session, event.aggregate_id)
    await outdating.doubt_by_hand(session, event.aggregate_id)


@consumers.on(OwnerUpdated)
async def reach_the_owner_anew(session: WriteSession, event: OwnerUpdated, _delivery: Delivery) -> None:
    """A new e-mail address is tried; whether they are still to be called or written to is asked about."""
    if "email" in event.fields:
        await bounces.forget_bounces(session, event.aggregate_id)
    await outdating.doubt_by_hand(session, event.aggregate_id)


@consumers.on(AnimalUpdated, AnimalDeleted)
async def doubt_what_was_ordered(
    session: WriteSession, event: AnimalUpdated | AnimalDeleted, _delivery: Delivery
) -> None:
    """It may have died, or not after all, or live with somebody else."""
    await outdating.doubt(session, event.aggregate_id)
    if "deceased_on" in event.fields:
        await marking.plan_around(session, event.aggregate_id)


@consumers.on(MessageAccepted, MessageDelivered, MessageUnconfirmed)
async def note_delivery(
    session: WriteSession,
    event: MessageAccepted | MessageDelivered | MessageUnconfirmed,
    delivery: Delivery,
) -> None:
    heard = _HEARD[event.type]
    await ledger.note_delivery(session, event.aggregate_id, heard, event.at, delivery.service.actor)


@consumers.on(MessageFailed)
async def note_failure(session: WriteSession, event: MessageFailed, delivery: Delivery) -> None:
    await ledger.note_delivery(
        session,
        event.aggregate_id,
        event.outcome,
        event.at,
        delivery.service.actor,
        failure=_FAILURES[event.outcome],
    )


@consumers.on(ReplyReceived)
async def hear_an_answer(session: WriteSession, event: ReplyReceived, _delivery: Delivery) -> None:
    await answers.note_answer(session, event)
