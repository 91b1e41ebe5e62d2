"""A new record that may be a person who has one already: flagged, and decided by a person (PART-3)."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from vetagenda_agenda.appointments import commands as appointments
from vetagenda_agenda.appointments.schemas import AppointmentPatch
from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.documents.tables import Document
from vetagenda_agenda.partners import queries, rules
from vetagenda_agenda.partners.commands import named
from vetagenda_agenda.partners.schemas import Verdict
from vetagenda_agenda.partners.tables import LikelyDuplicate, PartnerConnection
from vetagenda_agenda.records import resource as records
from vetagenda_agenda.records.owners import ANIMALS, OWNERS, AnimalPatch
from vetagenda_agenda.tables import Animal, Appointment, Owner
from vetagenda_agenda.waitlist.tables import WaitlistEntry
from vetagenda_contracts.partners import ConnectionEnded, ConnectionMoved, DuplicateFlagged, DuplicateSettled
from vetagenda_kit import outbox
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7

MOST_FLAGGED = 5
"""Of a very common name the likeliest few: nobody looks at fifty."""


async def flag(session: WriteSession, owner: Owner, context: Context) -> None:
    """The likeliest of the practice's other owners, each pair once."""
    columns = (Owner.id, Owner.given_name, Owner.family_name, Owner.phone_e164, Owner.email)
    of_practice = col(Owner.practice_id) == owner.practice_id
    query = select(*map(col, columns)).where(of_practice, col(Owner.deleted_at).is_(None))
    others = [
        rules.Person(row.id, f"{row.given_name} {row.family_name}", row.phone_e164, row.email)
        for row in await session.execute(query)
    ]
    person = rules.Person(owner.id, f"{owner.given_name} {owner.family_name}", owner.phone_e164, owner.email)
    for alike in rules.likely(person, others)[:MOST_FLAGGED]:
        await _add(session, owner, alike, context)


async def _add(session: WriteSession, owner: Owner, alike: rules.Likeness, context: Context) -> None:
    row = {
        "id": uuid7(),
        "practice_id": owner.practice_id,
        "version": 1,
        "owner_id": owner.id,
        "other_id": alike.other_id,
        "because": list(alike.because),
        "score": alike.score,
        "found_at": context.now,
    }
    added = insert(LikelyDuplicate).values(row).on_conflict_do_nothing().returning(col(LikelyDuplicate.id))
    flagged = await session.scalar(added)
    if flagged is not None:
        event = DuplicateFlagged(
            practice_id=owner.practice_id,
            actor=context.actor,
            aggregate_id=flagged,
            version=1,
            owner_id=owner.id,
            other_id=alike.other_id,
            because=list(alike.because),
        )
        outbox.add(session, event)


async def settle(
    session: WriteSession, duplicate: LikelyDuplicate, verdict: Verdict, context: Context
) -> LikelyDuplicate:
    """Said again it changes nothing. Raises DuplicateIsSettled for another verdict, NotFound when one of
    the records is gone."""
    if duplicate.settled_at is not None:
        if duplicate.verdict != verdict:
            raise rules.DuplicateIsSettled(f"they are {duplicate.verdict}", verdict=duplicate.verdict)
        return duplicate
    if verdict == "same":
        await _unite(session, duplicate, context)
    duplicate.settled_at, duplicate.settled_by = context.now, named(context.actor)
    duplicate.verdict = verdict
    duplicate.version += 1
    event = DuplicateSettled(
        practice_id=duplicate.practice_id,
        actor=context.actor,
        aggregate_id=duplicate.id,
        version=duplicate.version,
        owner_id=duplicate.owner_id,
        other_id=duplicate.other_id,
        verdict=verdict,
    )
    outbox.add(session, event)
    return duplicate


async def _unite(session: WriteSession, duplicate: LikelyDuplicate, context: Context) -> None:
    """All that the newer record has goes over to the other one, each by its own change and event; then the
    newer one is deleted. What the other one says of the person is not touched."""
    newer = await records.find(session, OWNERS, duplicate.practice_id, duplicate.owner_id)
    kept = await records.find(session, OWNERS, duplicate.practice_id, duplicate.other_id)
    await _move_animals(session, newer.id, kept.id, context)
    await _move_appointments(session, newer.id, kept.id, context)
    for table in (Document, WaitlistEntry):
        moved = update(table).where(col(table.owner_id) == newer.id).values(owner_id=kept.id)
        await session.execute(moved)
    await _move_connections(session, newer.id, kept.id, context)
    await records.delete(session, OWNERS, newer, None, context.actor)


async def _move_animals(session: WriteSession, newer: UUID, kept: UUID, context: Context) -> None:
    query = select(Animal).where(col(Animal.owner_id) == newer, col(Animal.deleted_at).is_(None))
    for animal in (await session.scalars(query.order_by(col(Animal.id)))).all():
        patch = AnimalPatch(owner_id=kept)
        await records.update(session, ANIMALS, animal, patch, None, context.actor)


async def _move_appointments(session: WriteSession, newer: UUID, kept: UUID, context: Context) -> None:
    query = select(Appointment).where(col(Appointment.owner_id) == newer).order_by(col(Appointment.id))
    for appointment in (await session.scalars(query.with_for_update())).all():
        await appointments.update(session, appointment, AppointmentPatch(owner_id=kept), context)


async def _move_connections(session: WriteSession, newer: UUID, kept: UUID, context: Context) -> None:
    """Where the kept record is connected to the same partner already, one of the two ends."""
    query = select(PartnerConnection).where(
        col(PartnerConnection.owner_id) == newer, col(PartnerConnection.ended_at).is_(None)
    )
    for connection in (await session.scalars(query.with_for_update())).all():
        there = await queries.open_connection(session, connection.practice_id, connection.partner_id, kept)
        connection.version += 1
        facts = {
            "practice_id": connection.practice_id,
            "actor": context.actor,
            "aggregate_id": connection.id,
            "version": connection.version,
            "partner_id": connection.partner_id,
            "invitation_id": connection.invitation_id,
        }
        if there is not None:
            connection.ended_at, connection.ended_by = context.now, named(context.actor)
            outbox.add(session, ConnectionEnded(**facts, owner_id=newer))
        else:
            connection.owner_id = kept
            outbox.add(session, ConnectionMoved(**facts, owner_id=kept, former_owner_id=newer))
