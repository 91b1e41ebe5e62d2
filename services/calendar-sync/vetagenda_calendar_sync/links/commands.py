"""Making, changing and ending links; asking for a cycle. Each says so by an event."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_calendar_sync.engine.identity import link_key
from vetagenda_calendar_sync.links import rules, sharing
from vetagenda_calendar_sync.links.farewells import note_farewell
from vetagenda_calendar_sync.links.schemas import LinkPatch, NewLink
from vetagenda_calendar_sync.tables import CalendarLink, EndedLink
from vetagenda_contracts import calendar_sync as events
from vetagenda_contracts.calendar_sync import LinkState
from vetagenda_contracts.events import Actor
from vetagenda_kit import outbox
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7

WAKE = "wake_cycles"  # in `session.info`: this transaction gives the cycles something to do


async def create(
    session: WriteSession,
    practice_id: UUID,
    order: NewLink,
    *,
    is_virtual: bool,
    locale: str,
    time_zone: str,
    now: datetime,
    actor: Actor,
) -> CalendarLink:
    """The link waits for the person's consent. The calendar was asked of the agenda before."""
    link = CalendarLink(
        id=uuid7(),
        practice_id=practice_id,
        is_virtual=is_virtual,
        locale=locale,
        time_zone=time_zone,
        next_run_at=now,
        created_at=now,
        updated_at=now,
        **order.model_dump(),
    )
    if link.provider == "caldav":
        link.remote_calendar_id = None  # its address is known when it is chosen
    session.add(link)
    _tell(session, events.LinkCreated, link, actor)
    return link


async def connect(
    session: WriteSession,
    link: CalendarLink,
    remote_calendar_id: str,
    name: str,
    tokens: bytes,
    now: datetime,
    actor: Actor,
) -> None:
    """The consent is given: from here on the pair has its key. `name` is for people. Raises AlreadyLinked."""
    key = link_key(link.calendar_id, link.provider, remote_calendar_id)
    await sharing.check(session, link, remote_calendar_id, link.mode)
    link.remote_calendar_id, link.key, link.tokens = remote_calendar_id, key, tokens
    link.remote_calendar_name = name
    if link.state not in rules.ENDING:
        link.state = "active"
    link.state_reason, link.failures = None, 0
    _touch(link, now)
    _tell(session, events.LinkConnected, link, actor)
    ask_for_cycle(session, link, now, actor)


async def change(
    session: WriteSession, link: CalendarLink, patch: LinkPatch, now: datetime, actor: Actor
) -> None:
    """A new level of privacy or mode makes every event be looked at again by the caller."""
    before: LinkState = link.state  # type: ignore[assignment]
    if patch.mode and link.key is not None:
        await sharing.check(session, link, link.remote_calendar_id or "", patch.mode)
    settings = patch.changes(exclude={"paused"})
    if not settings:
        return
    if patch.mode is not None and patch.mode != link.mode:
        link.is_turning = patch.mode == "two_way" and link.key is not None
    for name, value in settings.items():
        setattr(link, name, value)
    _touch(link, now)
    _tell(session, events.LinkUpdated, link, actor, previous_state=before)


async def tell_of_pause(
    session: WriteSession, practice_id: UUID, *, is_paused: bool, now: datetime, actor: Actor
) -> None:
    """Each link of the practice is held with it, or free again."""
    query = select(CalendarLink).where(col(CalendarLink.practice_id) == practice_id).with_for_update()
    for link in await session.scalars(query):
        paused_or_not(session, link, is_paused=is_paused, now=now, actor=actor)


def paused_or_not(
    session: WriteSession, link: CalendarLink, *, is_paused: bool, now: datetime, actor: Actor
) -> None:
    """A pause is no state of its own in the table, but it is one for who listens."""
    _touch(link, now)
    states: list[LinkState] = [link.state, "paused"]  # type: ignore[list-item]
    before, after = states if is_paused else reversed(states)
    _tell(session, events.LinkUpdated, link, actor, previous_state=before, state=after)


async def set_state(
    session: WriteSession,
    link: CalendarLink,
    state: LinkState,
    reason: str | None,
    now: datetime,
    actor: Actor,
) -> None:
    """What a cycle has found out. Says so only when it is news."""
    before: LinkState = link.state  # type: ignore[assignment]
    if before in rules.ENDING and state not in rules.ENDING:
        state = before  # what a person has ended does not come back by itself
    if (before, link.state_reason) == (state, reason):
        return
    link.state, link.state_reason = state, reason
    _touch(link, now)
    _tell(session, events.LinkUpdated, link, actor, previous_state=before)


async def disconnect(session: WriteSession, link: CalendarLink, now: datetime, actor: Actor) -> None:
    """A last cycle takes our copies away, then the link is gone. Raises CopiesStay."""
    if link.state in rules.UNREACHABLE or link.key is None:
        raise rules.CopiesStay(
            "the linked calendar cannot be reached: connect it again, or end the link with remote_copies=keep"
        )
    before: LinkState = link.state  # type: ignore[assignment]
    if before == "disconnecting":
        return
    link.state, link.state_reason, link.failures = "disconnecting", None, 0
    _touch(link, now)
    _tell(session, events.LinkUpdated, link, actor, previous_state=before)
    ask_for_cycle(session, link, now, actor)


async def end_with_its_calendar(
    session: WriteSession, link: CalendarLink, now: datetime, actor: Actor
) -> None:
    """The agenda's column is gone: nothing flows any more, and people see why."""
    before: LinkState = link.state  # type: ignore[assignment]
    if before in rules.ENDING:
        return
    link.state, link.state_reason = "calendar_deleted", None
    _touch(link, now)
    _tell(session, events.LinkUpdated, link, actor, previous_state=before)


async def delete(session: WriteSession, link: CalendarLink, actor: Actor) -> None:
    """The remote copies stay; a new link to the same calendar adopts them."""
    link.version += 1  # an end is news: who has seen the version before would skip it
    _tell(session, events.LinkDeleted, link, actor)
    await note_farewell(session, link)
    now = system_now()
    session.add(EndedLink(id=link.id, practice_id=link.practice_id, ended_at=now, due_at=now))
    await session.delete(link)


def ask_for_cycle(session: WriteSession, link: CalendarLink, now: datetime, actor: Actor) -> int:
    """The number of the cycle that will have seen everything up to now: any number of calls while one
    runs make exactly one further cycle."""
    wanted = link.cycle_started + 1
    session.info[WAKE] = True
    if link.cycle_requested < wanted:
        link.cycle_requested = wanted
        link.next_run_at = now
        _touch(link, now)
        outbox.add(
            session,
            events.CycleRequested(
                practice_id=link.practice_id,
                actor=actor,
                aggregate_id=link.id,
                version=link.version,
                cycle=wanted,
            ),
        )
    return wanted


def _touch(link: CalendarLink, now: datetime) -> None:
    link.version += 1
    link.updated_at = now


def _tell(
    session: WriteSession,
    kind: type[events.LinkEvent],
    link: CalendarLink,
    actor: Actor,
    **more: LinkState,
) -> None:
    event = kind.model_validate(
        {
            "practice_id": link.practice_id,
            "actor": actor,
            "aggregate_id": link.id,
            "version": link.version,
            "calendar_id": link.calendar_id,
            "provider": link.provider,
            "mode": link.mode,
            "privacy": link.privacy,
            "state": link.state,
            "state_reason": link.state_reason,
            **more,
        }
    )
    outbox.add(session, event)
