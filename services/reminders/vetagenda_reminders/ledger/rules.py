"""May this message leave now? Asked of fresh facts at the very moment of sending (REM-1, R9). Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import PhoneNumberType

from vetagenda_kit.email_addresses import usable
from vetagenda_reminders.facts import (
    AnimalFacts,
    AppointmentFacts,
    DeskMessageFacts,
    OfferFacts,
    OwnerFacts,
    State,
)
from vetagenda_reminders.ledger.vocabulary import (
    NOTICE_CANCELLED,
    OF_OFFERS,
    TO_STAFF,
    Channel,
    Purpose,
    SkipReason,
    is_urgent,
)
from vetagenda_reminders.local_time import next_polite

_MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})

STANDS_IN: dict[Purpose, frozenset[State]] = {
    Purpose.CONFIRMATION: frozenset({State.CONFIRMED}),
    Purpose.REQUEST_RECEIVED: frozenset({State.REQUESTED}),
    Purpose.RESCHEDULED: frozenset({State.CONFIRMED}),
    Purpose.PRACTITIONER: frozenset({State.CONFIRMED}),
    Purpose.CANCELLED: frozenset({State.CANCELLED}),
    Purpose.DECLINED: frozenset({State.CANCELLED}),
    Purpose.EXPIRED: frozenset({State.CANCELLED}),
    Purpose.REMINDER: frozenset({State.CONFIRMED}),
    Purpose.PUSH: frozenset({State.CONFIRMED}),
    Purpose.CARE: frozenset({State.CONFIRMED}),
    Purpose.NOTICE: frozenset({State.REQUESTED, State.CONFIRMED, State.ARRIVED}),
    Purpose.PERSONAL: frozenset({State.REQUESTED, State.CONFIRMED, State.ARRIVED, State.COMPLETED}),
}
"""In which state of the appointment a message may still leave."""

AFTER_THE_VISIT = frozenset({State.CONFIRMED, State.ARRIVED, State.COMPLETED})
"""The same for a care step that follows it."""


@dataclass(frozen=True, slots=True)
class Due:
    """What the decision reads of a ledger row."""

    purpose: Purpose
    channel: Channel
    sequence: int
    due_at: datetime
    useful_until: datetime
    owner_id: UUID | None
    new_contacts_only: bool = False
    about_start: datetime | None = None
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """The subject as it is now: an appointment, an offer, a message at the desk, the animal that was given
    a product, or those that a person's own reminder names (None for one that is no more). `line_red`:
    the visit's line that planned it can say nothing now (REM-8). `staff`: where one of the practice's
    people is told, or why that cannot be."""

    zone: ZoneInfo
    appointment: AppointmentFacts | None = None
    animal: AnimalFacts | None = None
    owner: OwnerFacts | None = None
    offer: OfferFacts | None = None
    desk_message: DeskMessageFacts | None = None
    named: tuple[AnimalFacts | None, ...] = ()
    line_red: bool = False
    staff: str | SkipReason | None = None

    @property
    def living(self) -> tuple[AnimalFacts, ...]:
        visit = self.appointment or self.offer
        found = visit.animals if visit else (self.animal, *self.named)
        return tuple(one for one in found if one and one.deceased_on is None)


@dataclass(frozen=True, slots=True)
class Send:
    """It may leave, to this address (None for a push)."""

    recipient: str | None


@dataclass(frozen=True, slots=True)
class Skip:
    """It will never leave."""

    reason: SkipReason


@dataclass(frozen=True, slots=True)
class Wait:
    """It may leave later, not before `until`."""

    until: datetime


Decision = Send | Skip | Wait


def decide(
    row: Due, facts: Facts, now: datetime, *, email_ready: bool, bounced: Collection[str] = ()
) -> Decision:
    """The first objection wins: the subject, the time, the person, the channel, the hour. `bounced` are the
    e-mail addresses that are no more."""
    reason = _subject(row, facts) or _lateness(row, now) or _person(row, facts)
    if reason:
        return Skip(reason)
    if row.channel is Channel.PUSH:
        return Send(None) if now >= row.due_at else Wait(row.due_at)
    address = _address(row, facts, email_ready=email_ready, bounced=bounced)
    return Skip(address) if isinstance(address, SkipReason) else _hour(row, facts.zone, now, address)


def _address(row: Due, facts: Facts, *, email_ready: bool, bounced: Collection[str]) -> str | SkipReason:
    if row.purpose in TO_STAFF:
        return _staff(row.channel, facts.staff, email_ready=email_ready, bounced=bounced)
    assert facts.owner is not None
    return reachable(row.channel, facts.owner, email_ready=email_ready, bounced=bounced)


def _staff(
    channel: Channel, address: str | SkipReason | None, *, email_ready: bool, bounced: Collection[str]
) -> str | SkipReason:
    """Nobody asks the practice's own people for a consent: they are told because it chose so."""
    if address is None:
        return SkipReason.RECIPIENT_REMOVED
    if isinstance(address, SkipReason):
        return address
    if channel is Channel.MESSAGE:
        return address
    if channel is Channel.SMS:
        return address if is_mobile(address) else SkipReason.NO_MOBILE
    return _mailbox(address, email_ready=email_ready, bounced=bounced)


def _mailbox(address: str, *, email_ready: bool, bounced: Collection[str]) -> str | SkipReason:
    """What was stored before addresses were checked may be none."""
    usable_address = usable(address)
    if usable_address is None:
        return SkipReason.INVALID_EMAIL
    if address in bounced:
        return SkipReason.ADDRESS_BOUNCED
    return usable_address if email_ready else SkipReason.EMAIL_NOT_CONFIGURED


def _subject(row: Due, facts: Facts) -> SkipReason | None:
    if row.purpose is Purpose.PRODUCT:
        return _animal(facts.animal) or (SkipReason.LINE_RED if facts.line_red else None)
    if row.purpose in OF_OFFERS:
        return _offer(row, facts.offer)
    if row.purpose is Purpose.MESSAGE:
        stands = facts.desk_message is not None and facts.desk_message.stands
        return None if stands else SkipReason.GONE
    if row.purpose is Purpose.PERSONAL and row.about_start is None:
        return _named(row, facts.named)
    appointment = facts.appointment
    if appointment is None:
        return SkipReason.GONE
    if not still_stands(row, appointment):
        return SkipReason.SUPERSEDED
    if row.channel is Channel.PUSH and not appointment.published:
        return SkipReason.NOT_PUBLISHED
    if row.purpose is Purpose.NOTICE:
        return None
    return SkipReason.DECEASED if appointment.all_deceased else None


def is_true(row: Due, facts: Facts) -> bool:
    """Of what was ordered: whether it may still be said, its hour and its addressee apart."""
    return _subject(row, facts) is None


def still_stands(row: Due, appointment: AppointmentFacts) -> bool:
    """Is what it says still true? A later revision with the same start says nothing else: no message names
    the end."""
    same_time = row.sequence == appointment.sequence or row.about_start == appointment.start
    same_owner = row.owner_id == appointment.owner_id or row.purpose is Purpose.NOTICE
    return same_time and same_owner and appointment.state in _stands_in(row)


def _stands_in(row: Due) -> frozenset[State]:
    if row.purpose is Purpose.CARE and follows_the_visit(row.useful_until, row.about_start):
        return AFTER_THE_VISIT
    if row.purpose is Purpose.NOTICE and row.rule == NOTICE_CANCELLED:
        return STANDS_IN[Purpose.CANCELLED]
    return STANDS_IN[row.purpose]


def follows_the_visit(useful_until: datetime, about_start: datetime | None) -> bool:
    """Of a care step: one that prepares the visit is of no use once the owner is there."""
    return about_start is not None and useful_until > about_start


def _offer(row: Due, offer: OfferFacts | None) -> SkipReason | None:
    if offer is None:
        return SkipReason.GONE
    stands = offer.is_open if row.purpose is Purpose.OFFER else offer.is_taken_back
    if not stands or row.owner_id != offer.owner_id:
        return SkipReason.SUPERSEDED
    return SkipReason.DECEASED if offer.all_deceased else None


def _animal(animal: AnimalFacts | None) -> SkipReason | None:
    if animal is None:
        return SkipReason.GONE
    return SkipReason.DECEASED if animal.deceased_on else None


def _named(row: Due, animals: tuple[AnimalFacts | None, ...]) -> SkipReason | None:
    """A reminder about nobody in particular stands; one about animals needs one that lives with the owner."""
    found = [one for one in animals if one]
    if not animals or any(one.owner_id == row.owner_id and not one.deceased_on for one in found):
        return None
    if not found:
        return SkipReason.GONE
    moved = any(one.owner_id != row.owner_id and not one.deceased_on for one in found)
    return SkipReason.SUPERSEDED if moved else SkipReason.DECEASED


def _lateness(row: Due, now: datetime) -> SkipReason | None:
    return SkipReason.TOO_LATE if now >= row.useful_until else None


def _person(row: Due, facts: Facts) -> SkipReason | None:
    if row.purpose in TO_STAFF:
        return None
    if facts.owner is None:
        return SkipReason.NO_OWNER
    if row.new_contacts_only and not facts.owner.is_new:
        return SkipReason.KNOWN_CONTACT
    return None


def reachable(
    channel: Channel, owner: OwnerFacts, *, email_ready: bool, bounced: Collection[str] = ()
) -> str | SkipReason:
    """The address, or why the channel cannot be used (REM-10: an address **and** the consent)."""
    if channel is Channel.SMS:
        return _mobile(owner)
    if channel is Channel.LETTER:
        return _postal(owner)
    if channel is Channel.PHONE:
        return _telephone(owner)
    if not owner.email:
        return SkipReason.NO_EMAIL
    if not owner.consents.email:
        return SkipReason.NO_CONSENT
    return _mailbox(owner.email, email_ready=email_ready, bounced=bounced)


def _mobile(owner: OwnerFacts) -> str | SkipReason:
    if not owner.phone or not is_mobile(owner.phone):
        return SkipReason.NO_MOBILE
    return owner.phone if owner.consents.sms else SkipReason.NO_CONSENT


def _telephone(owner: OwnerFacts) -> str | SkipReason:
    if not owner.phone:
        return SkipReason.NO_PHONE
    return owner.phone if owner.consents.phone else SkipReason.NO_CONSENT


def _postal(owner: OwnerFacts) -> str | SkipReason:
    """Name and address, a line each, as they stand in the window of an envelope."""
    lines = owner.address.lines if owner.address else []
    if not lines:
        return SkipReason.NO_ADDRESS
    if not owner.consents.letter:
        return SkipReason.NO_CONSENT
    return "\n".join([owner.full_name, *lines])


def is_mobile(e164: str) -> bool:
    """A number that can take an SMS, as far as its country's plan tells (+1 does not tell)."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) in _MOBILE


def _hour(row: Due, zone: ZoneInfo, now: datetime, address: str) -> Decision:
    """An SMS that is not urgent waits for 08:00; when that is too late for it, it never leaves (SMS-3)."""
    if now < row.due_at:
        return Wait(row.due_at)
    if row.channel is not Channel.SMS or is_urgent(row.purpose, row.rule):
        return Send(address)
    polite = next_polite(now, zone)
    if polite >= row.useful_until:
        return Skip(SkipReason.TOO_LATE)
    return Send(address) if polite == now else Wait(polite)
