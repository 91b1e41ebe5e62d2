"""One cycle of one link, in the order that was model-checked: lease, remote, agenda, settle, release."""

import hashlib
import json
import time
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from vetagenda_calendar_sync.blocks.laying import Laying
from vetagenda_calendar_sync.blocks.rules import Choice
from vetagenda_calendar_sync.cycle import lease as leases
from vetagenda_calendar_sync.cycle.agenda import AgendaClient, Practice
from vetagenda_calendar_sync.cycle.farewell import Farewell
from vetagenda_calendar_sync.cycle.heartbeat import beating
from vetagenda_calendar_sync.cycle.lease import Outcome
from vetagenda_calendar_sync.cycle.memory import Lease, LeaseLost
from vetagenda_calendar_sync.cycle.pull import Intake, Listed, ask_remote, pull_agenda
from vetagenda_calendar_sync.cycle.reading_back import settled
from vetagenda_calendar_sync.cycle.rehearsal import Rehearsal
from vetagenda_calendar_sync.cycle.settling import Settling
from vetagenda_calendar_sync.decisions.holding import Holding
from vetagenda_calendar_sync.decisions.rules import freezes, state_of
from vetagenda_calendar_sync.engine.ports import (
    AccessWithdrawn,
    CalendarGone,
    RemoteCalendar,
    RemoteRefusal,
    RemoteTrouble,
    UnknownShape,
)
from vetagenda_calendar_sync.engine.state import Rules
from vetagenda_calendar_sync.links.rules import COPIES_STAY
from vetagenda_calendar_sync.mapping.zone import Zone
from vetagenda_calendar_sync.pauses.rules import Drained
from vetagenda_calendar_sync.providers.checking import CheckedCalendar
from vetagenda_calendar_sync.providers.connection import Connection, Tended
from vetagenda_calendar_sync.providers.opening import open_connection
from vetagenda_calendar_sync.tables import CalendarLink
from vetagenda_kit.clock import system_now
from vetagenda_kit.logs import logger
from vetagenda_kit.peers import PeerProblem
from vetagenda_kit.problems import ServiceUnavailable
from vetagenda_kit.service import Service

FULL_LIST_EVERY = timedelta(hours=24)
log = logger("calendar-sync")


async def run(service: Service, link_id: UUID) -> Outcome | None:
    """None when the link was not free. Whatever happens, what was begun is finished by the next cycle."""
    begun = await leases.begin(service.db, link_id, service.settings.lease)
    if begun is None:
        return None
    link, lease = begun
    outcome = Outcome(failed=True, state="degraded", reason="internal-error")
    try:
        async with beating(service.db, lease):
            outcome = await _guarded(service, link, lease)
    except LeaseLost:
        log.warning("lease_lost", link_id=str(link_id), cycle=lease.cycle)
        return None
    finally:
        await _end(service, lease, outcome)
    log.info("cycle", link_id=str(link_id), cycle=lease.cycle, failed=outcome.failed, reason=outcome.reason)
    return outcome


async def _end(service: Service, lease: Lease, outcome: Outcome) -> None:
    if outcome.link_is_gone:
        return
    try:
        await leases.end(service.db, lease, outcome, service.settings.sync_every)
    except LeaseLost:
        log.warning("lease_lost", link_id=str(lease.link_id), cycle=lease.cycle)


async def _guarded(service: Service, link: CalendarLink, lease: Lease) -> Outcome:
    """Trouble is an outcome too. None of it ever means that something was deleted."""
    connection = open_connection(service, link)
    agenda = AgendaClient(
        service,
        link.practice_id,
        link.calendar_id,
        lease.actor,
        origin=f"calendar-sync:{link.id}",
        source=link.provider,
    )
    state: dict[str, Any] = {"state": "active", "reason": None}
    try:
        state = await _cycle(service, link, lease, connection, agenda)
    except Drained:
        state = {"is_drained": True, "state": None}
    except CalendarGone:
        state = {"failed": True, "state": "remote_gone", "reason": "calendar-not-found"}
    except AccessWithdrawn:
        state = {"failed": True, "state": "needs_reauth", "reason": "consent-withdrawn"}
    except UnknownShape as unknown:
        state = {"failed": True, "state": "degraded", "reason": f"contract-{unknown.side}"}
    except (RemoteTrouble, RemoteRefusal) as trouble:
        state = {"failed": True, "state": "degraded", "reason": f"{link.provider}: {trouble}"}
        state["wait"] = _asked_to_wait(trouble)
    except (ServiceUnavailable, PeerProblem) as trouble:
        state = {"failed": True, "state": None, "reason": f"agenda: {trouble.code}"}
    finally:
        await connection.close()
    return Outcome(
        remote_writes=connection.writes, agenda_writes=agenda.writes, tokens=connection.renewed(), **state
    )


def _asked_to_wait(trouble: RemoteTrouble | RemoteRefusal) -> timedelta:
    """At most a day: who asks for more is mistaken."""
    seconds = trouble.after_seconds if isinstance(trouble, RemoteTrouble) else 0.0
    return min(timedelta(seconds=seconds), FULL_LIST_EVERY)


async def _cycle(
    service: Service, link: CalendarLink, lease: Lease, connection: Connection, agenda: AgendaClient
) -> dict[str, Any]:
    practice, epoch = await agenda.practice()
    agenda.locale = practice.locale
    if link.state == "disconnecting":
        return await _farewell(service, link, lease, _calendar(connection, practice))
    now = practice.now or system_now()
    rules = rules_of(link, practice)
    calendar = _calendar(connection, practice)
    intake = Intake(service.db, lease, rules, now - timedelta(days=link.past_days))
    holding = Holding(service.db, lease)
    if link.agenda_epoch not in (None, epoch):  # a backup was restored: nothing is written on either side
        await _pull_remote(link, calendar, intake, link.agenda_epoch, practice.time_zone)
        await pull_agenda(agenda, intake, None)
        count = await Rehearsal(service.db, lease, agenda, rules, now, holding).run()
        return {"state": "needs_rebase", "reason": f"agenda-restored: {count}"}
    pull = partial(_pull_remote, link, calendar, intake, epoch, practice.time_zone)
    listed = await pull()
    await pull_agenda(agenda, intake, link.agenda_read_to)
    await _stop_if_paused(service, lease)
    if not freezes(await holding.counts()):  # what waits for a person holds back all that comes in
        choice = Choice(rules, ZoneInfo(practice.time_zone), now, intake.since, link.transparent_free)
        await Laying(service.db, lease, calendar, agenda, choice).run()
    is_empty = listed.is_full and not listed.seen
    settling = Settling(service.db, lease, calendar, agenda, rules, now, is_empty)
    settling.ends_at = time.monotonic() + service.settings.cycle_slice.total_seconds()
    await settled(settling, connection, link.listed_at, pull)
    if settling.is_cut:
        return {"state": None, "is_cut": True}
    if link.is_turning:
        await holding.hold_imports()
    if isinstance(connection, Tended):
        await connection.tend()
    state, reason = state_of(await holding.counts())
    return {"state": state, "reason": reason}


def _calendar(connection: Connection, practice: Practice) -> RemoteCalendar:
    return CheckedCalendar(connection.calendar(Zone(practice.time_zone)))


async def _farewell(
    service: Service, link: CalendarLink, lease: Lease, calendar: RemoteCalendar
) -> dict[str, Any]:
    """What can no longer be reached stays where it is, and people are told so."""
    assert link.key is not None
    try:
        await Farewell(service.db, lease, calendar, link.key).run()
    except (AccessWithdrawn, CalendarGone):
        return {"failed": True, "state": "disconnecting", "reason": COPIES_STAY}
    return {"state": None, "link_is_gone": True}


async def _stop_if_paused(service: Service, lease: Lease) -> None:
    async with service.db.jobs_writing() as session:
        is_paused = await lease.renew(session)
    if is_paused:
        raise Drained


async def _pull_remote(
    link: CalendarLink, calendar: RemoteCalendar, intake: Intake, epoch: UUID | None, time_zone: str
) -> Listed:
    """A second call asks from where the first one came to."""
    now, shape = system_now(), query_hash(link, calendar.shape)
    is_valid = link.cursor_query_hash == shape and not _is_old(link.listed_at, now)
    listed = await ask_remote(calendar, link.cursor if is_valid else None, intake.since)
    link.listed_at = now if listed.is_full else link.listed_at
    link.cursor, link.cursor_query_hash = listed.cursor, shape
    await intake.take_remote(
        listed,
        cursor=listed.cursor,
        cursor_query_hash=shape,
        listed_at=link.listed_at,
        agenda_epoch=epoch,
        locale=intake.rules.locale,
        time_zone=time_zone,
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
