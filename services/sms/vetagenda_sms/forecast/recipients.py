"""Whom a message of the practice reaches: every living animal of every owner with a mobile telephone who
agreed to SMS and has not answered STOP. They are asked of the agenda at use, page by page, and kept
nowhere."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from vetagenda_kit.service import Service
from vetagenda_sms.forecast.tally import Recipient
from vetagenda_sms.mobiles import is_mobile
from vetagenda_sms.opt_outs import queries as opt_outs
from vetagenda_sms.practices import Practice

OWNERS_A_PAGE = 2_000


async def pages(service: Service, practice: Practice) -> AsyncIterator[list[Recipient]]:
    """Raises PeerProblem and ServiceUnavailable."""
    after, stopped = None, await _stopped(service, practice.id)
    while True:
        page = await _page(service, practice.id, after)
        reached = (row for row in page["items"] if is_mobile(row[3]))
        yield [_recipient(row) for row in reached if not stopped or practice.hashed(row[3]) not in stopped]
        after = page["next"]
        if after is None:
            return


async def _stopped(service: Service, practice_id: UUID) -> frozenset[str]:
    async with service.db.reading([practice_id]) as session:
        return await opt_outs.hashes(session)


async def _page(service: Service, practice_id: UUID, after: str | None) -> Any:
    params = {"limit": OWNERS_A_PAGE} | ({"after": after} if after else {})
    path = f"/internal/practices/{practice_id}/owners/sms-recipients"
    return await service.peers.call(
        "agenda", "GET", path, actor=service.actor, practices=[practice_id], params=params
    )


def _recipient(row: list[str]) -> Recipient:
    owner_id, given_name, family_name, _phone, _locale, animal_id, animal, _species = row
    values = {
        "owner": " ".join(name for name in (given_name, family_name) if name),
        "owner_given_name": given_name,
        "owner_family_name": family_name,
        "animal": animal,
    }
    return Recipient(owner_id, animal_id, values)
