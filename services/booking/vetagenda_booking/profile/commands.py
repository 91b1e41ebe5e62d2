"""Replaces the booking profile."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from vetagenda_booking.profile.schemas import Profile
from vetagenda_booking.tables import BookingProfile
from vetagenda_contracts.booking import ProfileUpdated
from vetagenda_contracts.events import Actor
from vetagenda_kit import outbox
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.etags import check_version, parse_if_match


async def replace(
    session: WriteSession, practice_id: UUID, profile: Profile, if_match: str | None, actor: Actor
) -> BookingProfile:
    """`if_match` names the version that the caller saw; there is none before the first.

    Raises StaleVersion and VersionRequired.
    """
    row = await _locked(session, practice_id)
    if if_match is not None or row.version:
        check_version(parse_if_match(if_match), row.version)
    before = row.settings if row.version else None
    row.settings = profile.model_dump(mode="json", by_alias=True)
    row.version += 1
    row.updated_at = system_now()
    outbox.add(
        session,
        ProfileUpdated(
            practice_id=practice_id,
            actor=actor,
            aggregate_id=practice_id,
            version=row.version,
            before=before,
            after=row.settings,
        ),
    )
    return row


async def _locked(session: WriteSession, practice_id: UUID) -> BookingProfile:
    """The row under its lock, made if there is none, so that two first puts follow one another."""
    first = {"practice_id": practice_id, "version": 0, "settings": {}, "updated_at": system_now()}
    await session.execute(insert(BookingProfile).values(first).on_conflict_do_nothing())
    query = select(BookingProfile).where(col(BookingProfile.practice_id) == practice_id).with_for_update()
    return (await session.scalars(query)).one()
