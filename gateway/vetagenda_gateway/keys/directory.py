"""The keys in use, remembered, and when each was last used."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from ipaddress import ip_network
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.dialects.postgresql import insert

from vetagenda_contracts.events import Actor
from vetagenda_gateway.addresses import Network, is_within
from vetagenda_gateway.entrants import KeptTokens, identity
from vetagenda_gateway.keys import queries, rules
from vetagenda_gateway.remembered import Remembered
from vetagenda_gateway.tables import api_key_use
from vetagenda_kit.caller import Tokens
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Database
from vetagenda_kit.problems import Unauthenticated

_CHALLENGE = {"www-authenticate": "Bearer"}


@dataclass
class KnownKey:
    """A valid key, and the identity tokens made for it by service and practice: (token, used until).
    `app_of` is the partner whose app acts with it, `call_centre` the one whose agents do, by its scopes."""

    id: UUID
    practices: frozenset[UUID] | None
    scopes: frozenset[str]
    test: bool
    expires_at: datetime | None
    requests_per_minute: int | None
    limit_name: str
    networks: tuple[Network, ...] = ()
    app_of: UUID | None = None
    call_centre: UUID | None = None
    practice_names: frozenset[str] = frozenset()
    tokens: KeptTokens = field(default_factory=dict)

    @classmethod
    def of(cls, row: Row[Any]) -> "KnownKey":
        practices = None if row.practices is None else frozenset(row.practices)
        return cls(
            id=row.id,
            practices=practices,
            scopes=frozenset(row.scopes),
            test=row.test,
            expires_at=row.expires_at,
            requests_per_minute=row.requests_per_minute,
            limit_name=str(row.id),
            networks=tuple(ip_network(each) for each in row.networks or ()),
            app_of=row.partner_id if row.partner_kind == rules.APP else None,
            call_centre=row.partner_id if row.partner_kind == rules.CALL_CENTRE else None,
            practice_names=frozenset(map(str, practices or ())),
        )

    @property
    def owner(self) -> UUID:
        return self.id

    @cached_property
    def actor(self) -> Actor:
        return Actor(kind="api_key", id=str(self.id), partner_id=self.app_of, call_centre_id=self.call_centre)

    def practices_for(self, practice: str | None) -> Collection[UUID] | None:
        return self.practices if practice is None else [UUID(practice)]

    def scopes_for(self, _practice: str | None) -> frozenset[str]:
        return self.scopes

    def is_used_from(self, address: str) -> bool:
        return not self.networks or is_within(address, self.networks)

    def reaches(self, practice: str | None) -> bool:
        """Whether the practice in a path is one that was granted; text that is no id is nobody's."""
        if practice is None or practice in self.practice_names:  # as we write ids ourselves
            return True
        try:
            practice_id = UUID(practice)
        except ValueError:
            return False
        return self.practices is None or practice_id in self.practices


class Directory(Remembered[KnownKey]):
    """`find_key` by what the client sent; `identity` is what a service is told of it."""

    def __init__(self, database: Database, tokens: Tokens) -> None:
        super().__init__(self._looked_up)
        self._database = database
        self._tokens = tokens
        self._used: dict[UUID, datetime] = {}

    async def find_key(self, secret: str | None) -> KnownKey:
        """Raises Unauthenticated for what is no key, or none any more."""
        if secret is None:
            raise Unauthenticated("send Authorization: Bearer <key>", headers=_CHALLENGE)
        digest = rules.digest(secret)
        key = self.get(digest)
        if key is None and rules.is_well_formed(secret):
            key = await self.find(digest)
        now = system_now()
        if key is None or (key.expires_at is not None and key.expires_at <= now):
            raise Unauthenticated("the key is not known, has expired or was revoked", headers=_CHALLENGE)
        self._used[key.id] = now
        return key

    async def _looked_up(self, digest: bytes) -> KnownKey | None:
        async with self._database.jobs_reading() as session:
            row = await queries.by_digest(session, digest)
        return None if row is None or row.revoked_at is not None else KnownKey.of(row)

    def identity(self, key: KnownKey, service: str, practice: str | None) -> str:
        return identity(self._tokens, key, service, practice)

    async def is_valid(self, key_id: UUID) -> bool:
        """For what lasts longer than a request: whether the key may still be used."""
        async with self._database.jobs_reading() as session:
            row = await queries.by_id(session, key_id)
        if row is None or row.revoked_at is not None:
            return False
        return row.expires_at is None or row.expires_at > system_now()

    async def store_last_used(self) -> None:
        """Called every few seconds: one statement for all keys used since."""
        used, self._used = self._used, {}
        if not used:
            return
        rows = [{"key_id": key_id, "last_used_at": instant} for key_id, instant in sorted(used.items())]
        statement = insert(api_key_use).values(rows)
        statement = statement.on_conflict_do_update(
            index_elements=["key_id"], set_={"last_used_at": statement.excluded.last_used_at}
        )
        async with self._database.jobs_writing() as session:
            await session.execute(statement)


STORE_LAST_USED_EVERY = timedelta(seconds=5)
