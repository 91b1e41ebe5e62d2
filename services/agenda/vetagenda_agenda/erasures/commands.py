"""Erasing an owner's data in the agenda: one transaction. The other services follow (`jobs`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.fernet import MultiFernet
from sqlalchemy import delete, or_
from sqlmodel import col

from vetagenda_agenda.appointments import rules, status_commands
from vetagenda_agenda.appointments.schemas import Cancel
from vetagenda_agenda.appointments.telling import Context, snapshot_of, tell, touch
from vetagenda_agenda.desk import forgetting as desk
from vetagenda_agenda.erasures import blanks, queries
from vetagenda_agenda.erasures.scrubbing import scrub_history, scrub_imports
from vetagenda_agenda.erasures.tables import Erasure
from vetagenda_agenda.partners import connecting, inviting
from vetagenda_agenda.partners import queries as partners
from vetagenda_agenda.partners.tables import LikelyDuplicate
from vetagenda_agenda.records import resource as records
from vetagenda_agenda.records import usage
from vetagenda_agenda.records.owners import ANIMALS
from vetagenda_agenda.tables import Animal, Appointment, Owner
from vetagenda_agenda.waitlist import commands as waitlist
from vetagenda_contracts import agenda as events
from vetagenda_contracts.privacy import ErasureReason
from vetagenda_kit import idempotency, outbox
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_kit.sealed_numbers import seal

_THEN = "erase the owner; with `cancel_upcoming` the erasure does both"


@dataclass(frozen=True)
class Wish:
    """`parts` are the services that have to follow."""

    reason: ErasureReason
    cancel_upcoming: bool
    parts: Sequence[str]


async def erase(
    session: WriteSession,
    practice_id: UUID,
    owner_id: UUID,
    wish: Wish,
    context: Context,
    cipher: MultiFernet,
) -> Erasure:
    """Whoever was erased already stays so: the same erasure is answered. Raises NotFound, InUse."""
    owner = await queries.owner(session, practice_id, owner_id)
    await session.refresh(owner, with_for_update=True)
    known = await queries.erasure(session, practice_id, owner_id)
    if known is not None:
        return known
    if not wish.cancel_upcoming:
        await usage.check_unused(session, owner, "owner_id", then=_THEN)
    animals = await queries.animals(session, owner_id)
    erasure = _erasure(owner, animals, wish, context)
    numbers = await queries.numbers(session, owner)
    erasure.sealed_numbers = seal(numbers, cipher)
    mentions = {str(owner_id), *map(str, erasure.animal_ids), *_words(owner)}
    await _leave_the_waiting_list(session, owner_id, context)
    calls = await desk.erase(session, owner, numbers, context)
    for appointment in await queries.appointments(session, owner, also=calls, lock=True):
        erasure.appointment_ids.append(appointment.id)
        await _erase_appointment(session, appointment, context)
    await _erase_records(session, owner, animals, erasure, context)
    await _erase_partners(session, erasure, context)
    session.add(erasure)
    await session.flush()
    await scrub_history(session, erasure)
    mentions |= {*map(str, erasure.appointment_ids), *await scrub_imports(session, erasure)}
    await idempotency.forget(session, mentions, cipher)
    return erasure


def _erasure(owner: Owner, animals: Sequence[Animal], wish: Wish, context: Context) -> Erasure:
    return Erasure(
        id=uuid7(),
        practice_id=owner.practice_id,
        owner_id=owner.id,
        reason=wish.reason,
        asked_by=f"{context.actor.kind}:{context.actor.id}",
        asked_at=system_now(),
        animal_ids=[each.id for each in animals],
        appointment_ids=[],
        document_ids=[],
        invitation_ids=[],
        parts=dict.fromkeys(wish.parts),
        waits_for={},
    )


def _words(owner: Owner) -> set[str]:
    """By which kept answers tell of the person without an id of theirs (a rehearsed import)."""
    return {each for each in (owner.phone_e164, owner.email) if each}


async def _leave_the_waiting_list(session: WriteSession, owner_id: UUID, context: Context) -> None:
    for entry in await queries.entries(session, owner_id):
        if entry.deleted_at is None and entry.status == "waiting":
            await waitlist.leave(session, entry, context)


async def _erase_appointment(session: WriteSession, appointment: Appointment, context: Context) -> None:
    """Its time stays as it was. One that is still to come is cancelled when nobody is left to come."""
    before = rules.state(appointment)
    fields = [name for name, blank in blanks.APPOINTMENT.items() if getattr(appointment, name) != blank]
    for name in fields:
        setattr(appointment, name, blanks.APPOINTMENT[name])
    if fields:
        snapshot = snapshot_of(appointment)
        touch(appointment)
        updated = events.AppointmentUpdated
        tell(session, updated, appointment, context, before=before, snapshot=snapshot, fields=sorted(fields))
    if appointment.status in rules.LIVING and appointment.end > context.now:
        await status_commands.cancel(session, appointment, Cancel(by="practice"), context)


async def _erase_records(
    session: WriteSession, owner: Owner, animals: Sequence[Animal], erasure: Erasure, context: Context
) -> None:
    for animal in animals:
        _blank(animal, blanks.ANIMAL)
    _blank(owner, blanks.OWNER)
    await session.flush()
    for animal in animals:
        if animal.deleted_at is None:
            await records.delete(session, ANIMALS, animal, None, context.actor)
    owner.version += 1
    owner.updated_at = system_now()
    owner.deleted_at = owner.deleted_at or owner.updated_at
    for document in await queries.documents(session, owner.id, erasure.animal_ids):
        erasure.document_ids.append(document.id)
        await session.delete(document)
    event = events.OwnerErased(
        practice_id=owner.practice_id,
        actor=context.actor,
        aggregate_id=owner.id,
        version=owner.version,
        reason=erasure.reason,
        animal_ids=erasure.animal_ids,
    )
    outbox.add(session, event)


def _blank(row: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


async def _erase_partners(session: WriteSession, erasure: Erasure, context: Context) -> None:
    """Invitations and connections end, and no digest of an address stays."""
    for connection in await partners.connections_of(session, erasure.owner_id):
        connecting.end(session, connection, context)
    for invitation in await queries.invitations(session, erasure.owner_id):
        erasure.invitation_ids.append(invitation.id)
        inviting.withdraw(session, invitation, context)
        invitation.email_digest = b""
    pairs = or_(
        col(LikelyDuplicate.owner_id) == erasure.owner_id, col(LikelyDuplicate.other_id) == erasure.owner_id
    )
    await session.execute(delete(LikelyDuplicate).where(pairs))
