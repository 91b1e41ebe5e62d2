"""Who waits to be called back, and what becomes of it. A practice's requests are taken one after the other,
so that of two agents who take the same one at once the second joins the first's."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from vetagenda_agenda import history
from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.desk.callbacks import queries, rules
from vetagenda_agenda.desk.callbacks.joining import Asked, Open, Person, joins
from vetagenda_agenda.desk.callbacks.queries import Found
from vetagenda_agenda.desk.callbacks.schemas import CallBackPatch, NewCallBack
from vetagenda_agenda.desk.tables import CallBack, CallBackAsk
from vetagenda_agenda.phones import e164
from vetagenda_agenda.practices import queries as practices
from vetagenda_agenda.records import resource as records
from vetagenda_agenda.records.owners import OWNERS
from vetagenda_agenda.tables import Owner, Practice
from vetagenda_contracts import desk as events
from vetagenda_contracts.desk import CallBackEvent, CallBackState
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_kit.problems import InvalidRequest


async def ask(
    session: WriteSession, practice_id: UUID, wanted: NewCallBack, context: Context
) -> tuple[Found, bool]:
    """The item, and whether it waited already. Raises NotFound, InvalidRequest."""
    practice = await practices.practice(session, practice_id)
    person, owner = await _who(session, practice, wanted)
    lock = func.pg_advisory_xact_lock(func.hashtextextended(f"call-backs:{practice_id}", 0))
    await session.execute(select(lock))
    joined = await _waiting(session, practice_id, Asked(person, wanted.reason))
    found = joined or Found(_new(practice_id, wanted, person, owner, context.now), None)
    before = state(joined) if joined else None
    if joined:
        _join(found.row, wanted, person, context.now)
    session.add(found.row)
    session.add(_note(found.row, wanted, context.now))
    kind = events.CallBackRepeated if before else events.CallBackAsked
    tell(session, kind, found, context, before, over=wanted.over)
    return found, before is not None


async def _waiting(session: WriteSession, practice_id: UUID, asked: Asked) -> Found | None:
    """The item that it is about, locked. One that is just being closed is none: it would be lost."""
    known = [Open(each.row.id, _asked(each.row)) for each in await queries.open_ones(session, practice_id)]
    while (joined := joins(asked, known)) is not None:
        found = await queries.one(session, practice_id, joined, lock=True)
        if found.row.closed_at is None:
            return found
        known = [each for each in known if each.id != joined]
    return None


async def _who(session: WriteSession, practice: Practice, wanted: NewCallBack) -> tuple[Person, Owner | None]:
    """A number or an address that one owner alone has is that owner's."""
    number = e164(wanted.phone, practice.country)
    if wanted.phone is not None and number is None:
        raise InvalidRequest.at("/phone", "this is no telephone number that can be dialled")
    owner_id, owner = wanted.owner_id, None
    if owner_id is None:
        owner_id = await queries.owner_by(session, practice.id, number, wanted.email)
    if owner_id is not None:
        owner = await records.find(session, OWNERS, practice.id, owner_id, at="/owner_id", lock=records.HELD)
    number = number or (owner.phone_e164 if owner else None)
    return Person(owner_id, number, wanted.email or (owner.email if owner else None)), owner


def _asked(row: CallBack) -> Asked:
    return Asked(Person(row.owner_id, row.number, row.email), row.reason)


def _new(
    practice_id: UUID, wanted: NewCallBack, person: Person, owner: Owner | None, now: datetime
) -> CallBack:
    name = wanted.name or (f"{owner.given_name} {owner.family_name}".strip() if owner else "")
    return CallBack(
        id=uuid7(),
        practice_id=practice_id,
        owner_id=person.owner_id,
        name=name,
        phone=wanted.phone or (owner.phone if owner else None),
        number=person.phone,
        email=person.email,
        reason=wanted.reason.strip(),
        urgent=wanted.urgent,
        placed_at=now,
        needed_since=now if wanted.reason.strip() else None,
    )


def _join(row: CallBack, wanted: NewCallBack, person: Person, now: datetime) -> None:
    """What was not known of them is taken over; their place is not better for it, but urgency counts."""
    row.owner_id = row.owner_id or person.owner_id
    row.name, row.phone = row.name or wanted.name, row.phone or wanted.phone
    row.number, row.email = row.number or person.phone, row.email or person.email
    row.urgent = row.urgent or wanted.urgent
    if not row.reason and wanted.reason.strip():
        row.reason, row.needed_since = wanted.reason.strip(), now
    row.version += 1


def _note(row: CallBack, wanted: NewCallBack, now: datetime) -> CallBackAsk:
    return CallBackAsk(
        id=uuid7(),
        practice_id=row.practice_id,
        call_back_id=row.id,
        at=now,
        over=wanted.over,
        reason=wanted.reason.strip(),
        urgent=wanted.urgent,
    )


async def change(session: WriteSession, found: Found, patch: CallBackPatch, context: Context) -> None:
    """Raises CallBackClosed, InvalidRequest."""
    rules.check_open(found.row)
    row, before = found.row, state(found)
    changes = {name: value for name, value in patch.changes().items() if getattr(row, name) != value}
    if not changes:
        return
    if "phone" in changes:
        practice = await practices.practice(session, row.practice_id)
        row.number = e164(changes["phone"], practice.country)
        if row.number is None:
            raise InvalidRequest.at("/phone", "this is no telephone number that can be dialled")
    for name, value in changes.items():
        setattr(row, name, value.strip() if name == "reason" else value)
    if "reason" in changes:
        row.needed_since = (row.needed_since or context.now) if row.reason else None
    row.version += 1
    tell(session, events.CallBackUpdated, found, context, before, fields=sorted(changes))


def state(found: Found) -> CallBackState:
    """What events carry."""
    row, booked = found.row, found.appointment
    return CallBackState.model_validate(
        {
            "status": found.status,
            "urgent": row.urgent,
            "stated": row.needed_since is not None,
            "missed": row.missed,
            "agreed": booked.start if booked else None,
            "appointment_id": booked.id if booked else None,
            "owner_id": row.owner_id,
        }
    )


def tell(
    session: WriteSession,
    kind: type[CallBackEvent],
    found: Found,
    context: Context,
    before: CallBackState | None,
    **more: Any,
) -> None:
    """Names, numbers and reasons stay in the item, also in the history."""
    after = state(found)
    event = kind(
        practice_id=found.row.practice_id,
        actor=context.actor,
        aggregate_id=found.row.id,
        version=found.row.version,
        before=before,
        after=after,
        **more,
    )
    snapshots = [each.model_dump(mode="json") if each else None for each in (before, after)]
    history.tell(session, event, kind="call-back", at=context.now, before=snapshots[0], after=snapshots[1])
