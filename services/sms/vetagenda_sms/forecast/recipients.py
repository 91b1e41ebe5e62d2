"""Whom a message of the practice reaches: every owner with a mobile telephone who agreed to SMS and has not
answered STOP, for each living animal or once for all of them. They are asked of the agenda at use, page by
page, and kept nowhere."""

from collections.abc import AsyncIterator, Iterable, Sequence
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from vetagenda_contracts.languages import language_of
from vetagenda_contracts.species import species_text
from vetagenda_kit.service import Service
from vetagenda_sms.forecast.tally import Recipient
from vetagenda_sms.mobiles import is_mobile
from vetagenda_sms.opt_outs import queries as opt_outs
from vetagenda_sms.practices import Practice

OWNERS_A_PAGE = 2_000


class Per(StrEnum):
    """What one message is about."""

    ANIMAL = "animal"
    OWNER = "owner"  # all their living animals


async def pages(service: Service, practice: Practice, per: Per) -> AsyncIterator[list[Recipient]]:
    """Raises PeerProblem and ServiceUnavailable."""
    after, stopped = None, await _stopped(service, practice.id)
    while True:
        page = await _page(service, practice.id, after)
        reached = (row for row in page["items"] if is_mobile(row[3]))
        heard = (row for row in reached if not stopped or practice.hashed(row[3]) not in stopped)
        yield [recipient(rows, practice.locale) for rows in _messages(heard, per)]
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


def _messages(rows: Iterable[list[str]], per: Per) -> Iterable[Sequence[list[str]]]:
    """The rows of each message. Those of an owner follow one another, on one page."""
    if per is Per.ANIMAL:
        return ([row] for row in rows)
    return (list(of_owner) for _owner, of_owner in groupby(rows, key=itemgetter(0)))


def recipient(rows: Sequence[list[str]], locale: str | None) -> Recipient:
    """Of one owner's rows, in the words of the practice's `locale` where the owner chose none."""
    owner_id, given_name, family_name, _phone, owners_locale, animal_id, _name, _species = rows[0]
    values = {
        "owner": " ".join(name for name in (given_name, family_name) if name),
        "owner_given_name": given_name,
        "owner_family_name": family_name,
        "animal": ", ".join(row[6] for row in rows),
        "species": species_text((row[7] for row in rows), language_of(owners_locale or locale)),
    }
    return Recipient(owner_id, animal_id if len(rows) == 1 else None, values)
