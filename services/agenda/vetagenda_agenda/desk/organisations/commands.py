"""Puts practices together, and apart. What each shares is its own choice, and ends when it leaves."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Uuid, cast, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col

from vetagenda_agenda.desk.organisations.schemas import NewOrganisation, OrganisationPatch
from vetagenda_agenda.desk.tables import Organisation
from vetagenda_agenda.tables import Practice
from vetagenda_contracts.desk import OrganisationJoined, OrganisationLeft
from vetagenda_kit import outbox
from vetagenda_kit.caller import Caller
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_kit.problems import InvalidRequest


async def found_organisation(session: WriteSession, wanted: NewOrganisation, caller: Caller) -> Organisation:
    """Raises InvalidRequest, which names each practice that cannot be in it."""
    made = Organisation(id=uuid7(), name=wanted.name, practice_ids=[], created_at=system_now())
    await _fill(session, made, wanted.practice_ids, caller)
    session.add(made)
    return made


async def change(
    session: WriteSession, organisation: Organisation, patch: OrganisationPatch, caller: Caller
) -> None:
    """Raises InvalidRequest, which names each practice that cannot be in it."""
    organisation.version += 1
    if patch.name is not None:
        organisation.name = patch.name
    if patch.practice_ids is not None:
        await _fill(session, organisation, patch.practice_ids, caller)


async def _fill(
    session: WriteSession, organisation: Organisation, practice_ids: Collection[UUID], caller: Caller
) -> None:
    before, after = set(organisation.practice_ids), set(practice_ids)
    await session.also_see(*before, *after)
    await _check(session, organisation.id, list(practice_ids), caller)
    organisation.practice_ids = list(practice_ids)
    for kind, whose in ((OrganisationJoined, after - before), (OrganisationLeft, before - after)):
        for practice_id in sorted(whose):
            event = kind(
                practice_id=practice_id,
                actor=caller.actor,
                aggregate_id=organisation.id,
                version=organisation.version,
            )
            outbox.add(session, event)


async def _check(
    session: WriteSession, organisation_id: UUID, practice_ids: list[UUID], caller: Caller
) -> None:
    found = await session.scalars(select(col(Practice.id)).where(col(Practice.id).in_(practice_ids)))
    known = {each for each in found if caller.sees(each)}
    some_of_them = cast(practice_ids, ARRAY(Uuid))
    other = select(col(Organisation.practice_ids)).where(
        col(Organisation.practice_ids).op("&&")(some_of_them), col(Organisation.id) != organisation_id
    )
    elsewhere = {each for ids in await session.scalars(other) for each in ids}
    errors = [
        {"pointer": f"/practice_ids/{place}", "detail": _what_is_wrong(each in known)}
        for place, each in enumerate(practice_ids)
        if each not in known or each in elsewhere
    ]
    if errors:
        raise InvalidRequest(errors[0]["detail"], errors=errors)


def _what_is_wrong(is_known: bool) -> str:
    return "the practice is of another organisation" if is_known else "there is no such practice"
