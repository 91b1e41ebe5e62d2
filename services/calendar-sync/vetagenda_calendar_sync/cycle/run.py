"""One cycle of one link: it takes the lease, has its turn, and gives the lease back, whatever happens."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from vetagenda_calendar_sync.cycle import lease as leases
from vetagenda_calendar_sync.cycle.agenda import AgendaClient
from vetagenda_calendar_sync.cycle.heartbeat import beating
from vetagenda_calendar_sync.cycle.lease import Outcome
from vetagenda_calendar_sync.cycle.memory import Lease, LeaseLost
from vetagenda_calendar_sync.cycle.turn import Turn
from vetagenda_calendar_sync.engine.ports import (
    AccessWithdrawn,
    CalendarGone,
    RemoteRefusal,
    RemoteTrouble,
    UnknownShape,
)
from vetagenda_calendar_sync.pauses.rules import Drained
from vetagenda_calendar_sync.providers.opening import open_connection
from vetagenda_calendar_sync.tables import CalendarLink
from vetagenda_kit.logs import logger
from vetagenda_kit.peers import PeerProblem
from vetagenda_kit.problems import ServiceUnavailable
from vetagenda_kit.service import Service

LONGEST_WAIT = timedelta(days=1)
BROKEN = Outcome(failed=True, state="degraded", reason="internal-error")
STOPPED = Outcome(state=None, is_drained=True, is_cut=True)
"""The service ends: nothing is wrong with the link, and whoever starts next goes on at once."""
log = logger("calendar-sync")


async def run(service: Service, link_id: UUID) -> Outcome | None:
    """None when the link was not free. Whatever happens, what was begun is finished by the next cycle."""
    begun = await leases.begin(service.db, link_id, service.settings.lease)
    if begun is None:
        return None
    link, lease = begun
    outcome = BROKEN
    try:
        async with beating(service.db, lease):
            outcome = await _guarded(service, link, lease)
    except LeaseLost:
        log.warning("lease_lost", link_id=str(link_id), cycle=lease.cycle)
        return None
    except asyncio.CancelledError:
        outcome = STOPPED
        raise
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
        practice, epoch = await agenda.practice()
        state = await Turn(service, link, lease, connection, agenda, practice, epoch).run()
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
        await asyncio.shield(connection.close())  # also when the service ends at this very moment
    return Outcome(
        remote_writes=connection.writes, agenda_writes=agenda.writes, tokens=connection.renewed(), **state
    )


def _asked_to_wait(trouble: RemoteTrouble | RemoteRefusal) -> timedelta:
    """At most a day: who asks for more is mistaken."""
    seconds = trouble.after_seconds if isinstance(trouble, RemoteTrouble) else 0.0
    return min(timedelta(seconds=seconds), LONGEST_WAIT)
