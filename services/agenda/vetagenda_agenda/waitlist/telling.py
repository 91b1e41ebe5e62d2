"""History and the one event of each change of the waiting list."""

from datetime import datetime
from typing import Any

from vetagenda_agenda import history
from vetagenda_agenda.waitlist.tables import Offer, WaitlistEntry
from vetagenda_contracts.agenda import OfferEvent, RecordEvent
from vetagenda_contracts.events import Actor
from vetagenda_kit.db import WriteSession

ITSELF = Actor(kind="job", id="agenda.waitlist")
"""Offers are made and expire without a person's order."""


def snapshot(row: Offer | WaitlistEntry) -> dict[str, Any]:
    return row.model_dump(mode="json")


def tell_offer(
    session: WriteSession,
    kind: type[OfferEvent],
    offer: Offer,
    entry: WaitlistEntry,
    actor: Actor,
    at: datetime,
    before: dict[str, Any] | None,
    **more: Any,
) -> None:
    event = kind(
        practice_id=offer.practice_id,
        actor=actor,
        aggregate_id=offer.id,
        version=offer.version,
        entry_id=entry.id,
        owner_id=entry.owner_id,
        animal_ids=entry.animal_ids,
        appointment_type_id=entry.appointment_type_id,
        start=offer.start,
        end=offer.end,
        calendar_ids=offer.calendar_ids,
        expires_at=offer.expires_at,
        **more,
    )
    history.tell(session, event, kind="offer", at=at, before=before, after=snapshot(offer))


def tell_entry(
    session: WriteSession,
    kind: type[RecordEvent],
    entry: WaitlistEntry,
    actor: Actor,
    at: datetime,
    before: dict[str, Any] | None,
    fields: list[str],
) -> None:
    after = None if entry.deleted_at else snapshot(entry)
    event = kind(
        practice_id=entry.practice_id,
        actor=actor,
        aggregate_id=entry.id,
        version=entry.version,
        before=before,
        after=after,
        fields=fields,
    )
    history.tell(session, event, kind="waitlist-entry", at=at, before=before, after=after)
