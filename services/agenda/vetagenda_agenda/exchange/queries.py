"""What an import must know of the practice, and what earlier imports left."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any, get_args
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_agenda.exchange.schemas import Action, ImportLineView, ImportView
from vetagenda_agenda.exchange.tables import ImportLine, ImportRun
from vetagenda_agenda.tables import Animal, Appointment, Calendar, Change
from vetagenda_kit.problems import NotFound


async def run(session: AsyncSession, practice_id: UUID, import_id: UUID) -> ImportRun:
    """Raises NotFound."""
    found = await session.get(ImportRun, import_id)
    if found is None or found.practice_id != practice_id:
        raise NotFound("there is no such import")
    return found


async def lines(session: AsyncSession, import_id: UUID) -> Sequence[ImportLine]:
    query = select(ImportLine).where(col(ImportLine.import_id) == import_id).order_by(col(ImportLine.line))
    return (await session.scalars(query)).all()


def view(found: ImportRun, of: Sequence[ImportLine], *, dry_run: bool = False) -> ImportView:
    counted = Counter(line.action for line in of)
    told = [ImportLineView.model_validate(line) for line in of]
    if dry_run:
        told = [each.model_copy(update={"id": None}) if each.action == "create" else each for each in told]
    return ImportView(
        id=None if dry_run else found.id,
        practice_id=found.practice_id,
        format=found.format,
        what=found.what,
        status=found.status,
        counts={action: counted[action] for action in get_args(Action)},
        created_at=found.created_at,
        undone_at=found.undone_at,
        notes=found.notes,
        lines=told,
    )


async def known(
    session: AsyncSession, practice_id: UUID, kind: str, external_ids: Collection[str]
) -> dict[str, ImportLine]:
    """External id -> the newest living line that made or changed its record."""
    query = (
        select(ImportLine)
        .where(
            col(ImportLine.practice_id) == practice_id,
            col(ImportLine.kind) == kind,
            col(ImportLine.external_id).in_(external_ids),
            col(ImportLine.action).in_(("create", "update")),
            col(ImportLine.undone_at).is_(None),
        )
        .order_by(col(ImportLine.id))
    )
    return {line.external_id: line for line in await session.scalars(query)}


async def names(session: AsyncSession, table: Any, practice_id: UUID) -> dict[str, list[UUID]]:
    """Name in lower case -> the living records that have it."""
    query = select(table).where(col(table.practice_id) == practice_id, col(table.deleted_at).is_(None))
    found: dict[str, list[UUID]] = {}
    for row in await session.scalars(query.order_by(table.id)):
        found.setdefault(row.name.strip().casefold(), []).append(row.id)
    return found


async def living(session: AsyncSession, table: Any, practice_id: UUID, ids: Collection[UUID]) -> set[UUID]:
    query = select(table.id).where(
        col(table.practice_id) == practice_id, col(table.id).in_(ids), col(table.deleted_at).is_(None)
    )
    return set((await session.scalars(query)).all())


async def check_calendar(
    session: AsyncSession, practice_id: UUID, calendar_id: UUID | None, *, at: str
) -> None:
    """Raises NotFound, which begins with where the id was given."""
    if calendar_id and not await living(session, Calendar, practice_id, [calendar_id]):
        raise NotFound(f"{at}: there is no such calendar")


async def is_referred_to(session: AsyncSession, kind: str, subject_id: UUID) -> bool:
    """True when an animal or an appointment points to this owner, or an appointment to this animal."""
    appointments = select(col(Appointment.id)).where(
        or_(
            col(Appointment.owner_id) == subject_id,
            col(Appointment.animal_ids).contains([subject_id]),
        )
    )
    animals = select(col(Animal.id)).where(
        col(Animal.owner_id) == subject_id, col(Animal.deleted_at).is_(None)
    )
    if kind == "owner" and (await session.scalars(animals.limit(1))).first():
        return True
    return (await session.scalars(appointments.limit(1))).first() is not None


async def before(session: AsyncSession, subject_id: UUID, version: int) -> dict[str, Any] | None:
    """The record as it was at `version`, from the history; None when that is too old to be known."""
    query = select(col(Change.before), col(Change.words_gone)).where(
        col(Change.subject_id) == subject_id, col(Change.version) == version + 1
    )
    found = (await session.execute(query)).one()
    return None if found.words_gone else found.before
