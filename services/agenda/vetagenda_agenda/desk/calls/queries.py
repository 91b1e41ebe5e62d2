"""What is known at the first ring: whose number was dialled, how they want it handled, and who calls."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_agenda.desk.callbacks import queries as call_backs
from vetagenda_agenda.desk.callbacks.schemas import CallBackView
from vetagenda_agenda.desk.calls.popups import Popup
from vetagenda_agenda.desk.calls.schemas import KnownCaller, PopupView
from vetagenda_agenda.desk.contacts import queries as contacts
from vetagenda_agenda.desk.records import DeskLinkView, InstructionView, ScriptView
from vetagenda_agenda.desk.settings.schemas import DeskSettings
from vetagenda_agenda.desk.tables import DeskNumber, Instruction, Link, Script
from vetagenda_agenda.phones import e164
from vetagenda_agenda.tables import Practice

_HREFS = {
    Popup.AGENDA: "appointments",
    Popup.MULTI_AGENDA: "calendars",
    Popup.MESSAGES: "desk/messages",
    Popup.CONTACTS: "desk/contacts",
    Popup.INSTRUCTIONS: "desk/instructions",
    Popup.ORGANISATION_CHART: "desk/organisation-chart",
    Popup.CUSTOM_CHART: "desk/custom-chart",
    Popup.SCRIPT: "desk/scripts",
    Popup.LINK: "desk/links",
}
_own_number = lru_cache(maxsize=10_000)(e164)
"""Practices seldom change theirs, and every ring asks for all of a call centre's."""


@dataclass(frozen=True)
class Dialled:
    """A practice whose number was dialled, and that number as it reads it."""

    practice: Practice
    number: str


async def dialled(session: AsyncSession, number: str) -> list[Dialled]:
    """Of the practices that the session sees, those that can be reached under the number: their own, or one
    that the desk settings name. A national number is read as each practice's country writes it."""
    found = [
        (practice, read)
        for practice in (await session.scalars(select(Practice).order_by(col(Practice.id)))).all()
        if (read := e164(number, practice.country)) is not None
    ]
    if not found:
        return []
    wanted = {read for _, read in found}
    query = select(DeskNumber).where(col(DeskNumber.number).in_(wanted))
    named = {(row.practice_id, row.number) for row in await session.scalars(query)}
    return [
        Dialled(practice, read)
        for practice, read in found
        if (practice.id, read) in named or _own_number(practice.phone, practice.country) == read
    ]


async def popup(session: AsyncSession, practice_id: UUID, kind: Popup, choices: DeskSettings) -> PopupView:
    """A script or a link is shown whole."""
    view = PopupView(kind=kind, href=f"/v1/practices/{practice_id}/{_HREFS[kind]}")
    if kind is Popup.SCRIPT:
        script = await session.get(Script, choices.script_id)
        return view.model_copy(update={"script": ScriptView.model_validate(script)})
    if kind is Popup.LINK:
        link = await session.get(Link, choices.link_id)
        return view.model_copy(update={"link": DeskLinkView.model_validate(link)})
    return view


async def instructions(session: AsyncSession, practice_id: UUID, now: datetime) -> list[InstructionView]:
    """Those that hold now."""
    query = select(Instruction).where(
        col(Instruction.practice_id) == practice_id,
        col(Instruction.deleted_at).is_(None),
        or_(col(Instruction.from_at).is_(None), col(Instruction.from_at) <= now),
        or_(col(Instruction.until).is_(None), col(Instruction.until) > now),
    )
    rows = await session.scalars(query.order_by(col(Instruction.id)))
    return [InstructionView.model_validate(row) for row in rows]


async def callers(
    session: AsyncSession, practice_ids: Collection[UUID], number: str, now: datetime
) -> list[KnownCaller]:
    """Everybody who has the number, with what they have to come."""
    known = await contacts.by_number(session, practice_ids, number)
    visits = await contacts.visits_to_come(session, [each.owner_id for each in known], now)
    return [KnownCaller(**each.model_dump(), visits=visits.get(each.owner_id, [])) for each in known]


async def waiting(session: AsyncSession, practice_id: UUID, number: str, now: datetime) -> list[CallBackView]:
    own = await call_backs.open_of(session, [practice_id], number)
    if not own:
        return []
    queue: Sequence[call_backs.Found] = await call_backs.open_ones(session, practice_id)
    return await call_backs.views(session, own, queue, now)
