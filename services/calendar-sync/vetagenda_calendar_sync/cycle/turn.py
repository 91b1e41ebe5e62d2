"""What one cycle does of one link, in the order that was model-checked: remote, agenda, settle."""

import hashlib
import json
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from vetagenda_calendar_sync.blocks.laying import Laying
from vetagenda_calendar_sync.blocks.rules import Choice
from vetagenda_calendar_sync.cycle.agenda import AgendaClient, Practice
from vetagenda_calendar_sync.cycle.farewell import Farewell
from vetagenda_calendar_sync.cycle.memory import Lease
from vetagenda_calendar_sync.cycle.pull import Intake, Listed, ask_remote, pull_agenda
from vetagenda_calendar_sync.cycle.reading_back import settled
from vetagenda_calendar_sync.cycle.rehearsal import Rehearsal
from vetagenda_calendar_sync.cycle.settling import Settling
from vetagenda_calendar_sync.cycle.standing import Standing, standing_of
from vetagenda_calendar_sync.decisions.holding import Holding
from vetagenda_calendar_sync.decisions.rules import RESTORED, freezes, state_of
from vetagenda_calendar_sync.engine.ports import AccessWithdrawn, CalendarGone
from vetagenda_calendar_sync.engine.state import Rules
from vetagenda_calendar_sync.links.rules import COPIES_STAY
from vetagenda_calendar_sync.mapping.zone import Zone
from vetagenda_calendar_sync.pauses.rules import Drained
from vetagenda_calendar_sync.providers.checking import CheckedCalendar
from vetagenda_calendar_sync.providers.connection import Connection, Tended
from vetagenda_calendar_sync.tables import CalendarLink
from vetagenda_kit.clock import system_now
from vetagenda_kit.service import Service

FULL_LIST_EVERY = timedelta(hours=24)
Found = dict[str, Any]
"""What of the `Outcome` a turn has found out."""


@dataclass
class Turn:
    """`epoch` names the agenda's history: a restored backup has another."""

    service: Service
    link: CalendarLink
    lease: Lease
    connection: Connection
    agenda: AgendaClient
    practice: Practice
    epoch: UUID

    def __post_init__(self) -> None:
        self.agenda.locale = self.practice.locale
        self.now = self.practice.now or system_now()
        self.calendar = CheckedCalendar(self.connection.calendar(Zone(self.practice.time_zone)))
        self.holding = Holding(self.service.db, self.lease)

    async def run(self) -> Found:
        """Raises what is no matter of one event: trouble outside, a lost lease, a pause."""
        if self.link.state == "disconnecting":
            return await self._farewell()
        self.rules = rules_of(self.link, self.practice)
        self.intake = Intake(
            self.service.db, self.lease, self.rules, self.now - timedelta(days=self.link.past_days)
        )
        if self.link.agenda_epoch not in (None, self.epoch):
            return await self._rehearse()
        return await self._sync()

    async def _farewell(self) -> Found:
        """What can no longer be reached stays where it is, and people are told so."""
        assert self.link.key is not None
        try:
            await Farewell(self.service.db, self.lease, self.calendar, self.link.key).run()
        except (AccessWithdrawn, CalendarGone):
            return {"failed": True, "state": "disconnecting", "reason": COPIES_STAY}
        return {"state": None, "link_is_gone": True}

    async def _rehearse(self) -> Found:
        """A backup was restored: nothing is written on either side."""
        assert self.link.agenda_epoch is not None
        await self._pull_remote(self.link.agenda_epoch)
        await pull_agenda(self.agenda, self.intake, None, is_certain=False)
        rehearsal = Rehearsal(self.service.db, self.lease, self.agenda, self.rules, self.now, self.holding)
        return {"state": "needs_rebase", "reason": f"{RESTORED}: {await rehearsal.run()}"}

    async def _sync(self) -> Found:
        listed = await self._pull_remote(self.epoch)
        is_certain = self.link.agenda_certain_to == self.link.agenda_read_to and not listed.is_full
        await pull_agenda(self.agenda, self.intake, self.link.agenda_read_to, is_certain=is_certain)
        choice = self._choice()
        standing = await standing_of(self.service.db, self.lease, choice.today)
        if standing.must_stop:
            raise Drained
        if standing.has_work and await self._settle(choice, standing, listed):
            return {"state": None, "is_cut": True}
        if self.link.is_turning:
            await self.holding.hold_imports()
        if isinstance(self.connection, Tended):
            await self.connection.tend()
        is_as_it_stood = not (standing.has_work or self.link.is_turning)
        state, reason = state_of(standing.counts if is_as_it_stood else await self.holding.counts())
        return {"state": state, "reason": reason}

    def _choice(self) -> Choice:
        zone = ZoneInfo(self.practice.time_zone)
        return Choice(self.rules, zone, self.now, self.intake.since, self.link.transparent_free)

    async def _settle(self, choice: Choice, standing: Standing, listed: Listed) -> bool:
        """True when it has made way for others before its end."""
        db = self.service.db
        if "mass_delete" in standing.counts:
            await self.holding.release_returned()
        if not freezes(standing.counts):  # what waits for a person holds back all that comes in
            await Laying(db, self.lease, self.calendar, self.agenda, choice).run()
        is_empty = listed.is_full and not listed.seen
        settling = Settling(db, self.lease, self.calendar, self.agenda, self.rules, self.now, is_empty)
        settling.ends_at = time.monotonic() + self.service.settings.cycle_slice.total_seconds()
        await settled(settling, self.connection, self.link.listed_at, self._read_back)
        return settling.is_cut

    async def _read_back(self) -> None:
        await self._pull_remote(self.epoch)

    async def _pull_remote(self, epoch: UUID) -> Listed:
        """A second call asks from where the first one came to."""
        link, now, shape = self.link, system_now(), query_hash(self.link, self.calendar.shape)
        is_valid = link.cursor_query_hash == shape and not _is_old(link.listed_at, now)
        listed = await ask_remote(self.calendar, link.cursor if is_valid else None, self.intake.since)
        link.listed_at = now if listed.is_full else link.listed_at
        link.cursor, link.cursor_query_hash = listed.cursor, shape
        await self.intake.take_remote(
            listed,
            cursor=listed.cursor,
            cursor_query_hash=shape,
            listed_at=link.listed_at,
            agenda_epoch=epoch,
            locale=self.practice.locale,
            time_zone=self.practice.time_zone,
        )
        return listed


def _is_old(listed_at: datetime | None, now: datetime) -> bool:
    """Once a day everything is listed, even if tokens look healthy (R-NIGHT)."""
    return listed_at is None or listed_at < now - FULL_LIST_EVERY


def query_hash(link: CalendarLink, shape: Any) -> str:
    """Google gives the same token for differently filtered questions: a token belongs to its question."""
    question = json.dumps([link.remote_calendar_id, shape], sort_keys=True)
    return hashlib.sha256(question.encode()).hexdigest()


def rules_of(link: CalendarLink, practice: Practice) -> Rules:
    """A link that turns from one way to two undoes what has drifted first (4.8)."""
    assert link.key is not None
    rules = Rules(
        key=link.key,
        mode=link.mode,  # type: ignore[arg-type]
        privacy=link.privacy,  # type: ignore[arg-type]
        winner=link.conflict_winner,  # type: ignore[arg-type]
        country=practice.country,
        locale=practice.locale,
        zone=practice.time_zone,
    )
    if link.is_turning:
        return replace(rules, mode="agenda_to_remote", may_always_insist=True)
    return rules
