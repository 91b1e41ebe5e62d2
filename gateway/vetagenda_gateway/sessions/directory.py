"""The people who have signed in, remembered: what each may in which practice."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from uuid import UUID

from vetagenda_contracts.events import Actor
from vetagenda_gateway.entrants import KeptTokens
from vetagenda_gateway.keys.rules import digest
from vetagenda_gateway.remembered import Remembered
from vetagenda_gateway.sessions import queries, rules
from vetagenda_gateway.staff.rules import SCOPES_OF, Role
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Database
from vetagenda_kit.problems import Unauthenticated

_CHALLENGE = {"www-authenticate": 'Bearer error="invalid_token"'}


@dataclass
class KnownSession:
    """A session by one of its access tokens. `scopes` are those of the person's role, by practice."""

    id: UUID
    owner: UUID
    scopes: Mapping[UUID, frozenset[str]]
    expires_at: datetime
    requests_per_minute: int | None = None
    test: bool = False
    tokens: KeptTokens = field(default_factory=dict)

    @cached_property
    def actor(self) -> Actor:
        return Actor(kind="user", id=str(self.owner))

    @property
    def limit_name(self) -> str:
        return f"account {self.owner}"

    def reaches(self, practice: str | None) -> bool:
        """Text that is no id is nobody's practice."""
        if practice is None:
            return True
        try:
            return UUID(practice) in self.scopes
        except ValueError:
            return False

    def practices_for(self, practice: str | None) -> Collection[UUID] | None:
        return list(self.scopes) if practice is None else [UUID(practice)]

    def scopes_for(self, practice: str | None) -> frozenset[str]:
        """Without a practice there is nothing that a role allows."""
        return frozenset() if practice is None else self.scopes[UUID(practice)]


class SessionDirectory(Remembered[KnownSession]):
    """`find_session` by what the client sent."""

    def __init__(self, database: Database) -> None:
        super().__init__(self._looked_up)
        self._database = database

    async def find_session(self, secret: str) -> KnownSession:
        """Raises Unauthenticated for what is no access token, or none any more."""
        key = digest(secret)
        known = self.get(key)
        if known is None and rules.is_well_formed(secret, rules.ACCESS):
            known = await self.find(key)
        if known is None or known.expires_at <= system_now():
            raise Unauthenticated("the access token is not known or has expired", headers=_CHALLENGE)
        return known

    async def _looked_up(self, key: bytes) -> KnownSession | None:
        now = system_now()
        async with self._database.jobs_reading() as session:
            found = await queries.by_token(session, key, access=True, now=now)
            if found is None or not queries.lives(found, now):
                return None
            members = await queries.memberships(session, found.account_id)
        scopes = {member.practice_id: SCOPES_OF[Role(member.role)] for member in members}
        until = min(found.token_expires_at, found.expires_at)
        return KnownSession(found.id, found.account_id, scopes, until) if scopes else None

    async def is_valid(self, session_id: UUID, practice_id: UUID, scope: str) -> bool:
        """For what lasts longer than a request, and than its access token."""
        async with self._database.jobs_reading() as session:
            found = await queries.by_id(session, session_id)
            if found is None or not queries.lives(found, system_now()):
                return False
            members = await queries.memberships(session, found.account_id)
        roles = [Role(member.role) for member in members if member.practice_id == practice_id]
        return any(scope in SCOPES_OF[role] for role in roles)
