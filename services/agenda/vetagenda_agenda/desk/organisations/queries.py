"""Who belongs together, and who shares what with whom."""

from collections.abc import Collection
from typing import Literal
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_agenda.desk.organisations.schemas import ChartRow
from vetagenda_agenda.desk.settings import queries as settings
from vetagenda_agenda.desk.tables import ChartLine, Organisation
from vetagenda_agenda.tables import Practice
from vetagenda_kit.db import Database
from vetagenda_kit.pages import PageRequest
from vetagenda_kit.problems import NotFound

Shared = Literal["share_messages_with", "share_contacts_with"]


async def one(session: AsyncSession, organisation_id: UUID, *, lock: bool = False) -> Organisation:
    """Raises NotFound."""
    found = await session.get(Organisation, organisation_id, with_for_update=True if lock else None)
    if found is None:
        raise NotFound("there is no such organisation")
    return found


async def page(session: AsyncSession, paging: PageRequest) -> tuple[list[Organisation], str | None]:
    query = select(Organisation).order_by(col(Organisation.id)).limit(paging.reach)
    if last := paging.after_id():
        query = query.where(col(Organisation.id) > last)
    return paging.cut((await session.scalars(query)).all())


async def of(session: AsyncSession, practice_id: UUID) -> Organisation | None:
    query = select(Organisation).where(col(Organisation.practice_ids).contains([practice_id]))
    return (await session.scalars(query)).first()


async def others_of(session: AsyncSession, practice_id: UUID) -> frozenset[UUID]:
    """The other practices of the same organisation."""
    organisation = await of(session, practice_id)
    return frozenset(organisation.practice_ids if organisation else ()) - {practice_id}


async def sharing(db: Database, practice_id: UUID, what: Shared) -> list[UUID]:
    """The practice itself, and those of its organisation that have chosen to share this with it.

    Whose rows a session may see is widened to these alone, by who calls this.
    """
    async with db.reading([practice_id]) as session:
        others = await others_of(session, practice_id)
    if not others:
        return [practice_id]
    async with db.reading(others) as session:
        chosen = await settings.chosen_by(session, others)
    return [practice_id, *(each for each in sorted(others) if practice_id in getattr(chosen[each], what))]


async def chart_lines(session: AsyncSession, practice_id: UUID, members: Collection[UUID]) -> list[ChartRow]:
    """The practice's own lines, and those that the others share, by service and name."""
    query = (
        select(ChartLine, col(Practice.name))
        .join(Practice, col(Practice.id) == col(ChartLine.practice_id))
        .where(
            col(ChartLine.practice_id).in_(members),
            col(ChartLine.deleted_at).is_(None),
            or_(col(ChartLine.practice_id) == practice_id, col(ChartLine.shared)),
        )
        .order_by(col(ChartLine.service), col(ChartLine.name), col(ChartLine.id))
    )
    return [_line(line, name) for line, name in await session.execute(query)]


def _line(line: ChartLine, practice_name: str) -> ChartRow:
    account = f"/v1/practices/{line.practice_id}"
    return ChartRow(
        practice_id=line.practice_id,
        practice_name=practice_name,
        account=account,
        send_message=f"{account}/desk/messages",
        line_id=line.id,
        service=line.service,
        name=line.name,
        function=line.function,
        phones=line.phones,
        email=line.email,
        remark=line.remark,
    )
