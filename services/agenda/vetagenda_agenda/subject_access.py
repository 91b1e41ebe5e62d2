"""`P/owners/{id}/export`: everything that the platform holds about one owner (GDPR, articles 15 and 20).

Asked from all services at this moment and stored nowhere. When one of them is away there is no export:
half of one, called whole, would be a lie.
"""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any
from uuid import UUID

from cryptography.fernet import MultiFernet
from fastapi import Depends, Request
from sqlalchemy import select
from sqlmodel import col

from vetagenda_agenda.desk import forgetting as desk
from vetagenda_agenda.erasures import queries
from vetagenda_agenda.erasures.parts import parts_of
from vetagenda_agenda.partners.tables import PartnerConnection
from vetagenda_agenda.records.resource import snapshot
from vetagenda_agenda.tables import Change
from vetagenda_contracts.events import Actor
from vetagenda_contracts.privacy import DataSubject
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Read, ReadSession
from vetagenda_kit.models import ViewModel
from vetagenda_kit.problems import NotFound, ServiceUnavailable, problems
from vetagenda_kit.routing import router
from vetagenda_kit.rows import RowModel
from vetagenda_kit.sealed_numbers import seal
from vetagenda_kit.service import Service

api = router(tags=["privacy"], prefix="/v1/practices/{practice_id}/owners/{owner_id}")
Sees = Annotated[Caller, Depends(requires("practice:write"))]


class OwnerExport(ViewModel):
    """`agenda` holds `owner`, `animals`, `appointments`, `documents` (with the path of each one's content),
    `waitlist_entries`, `invitations`, `connections`, `desk` (messages and call-backs) and `history`;
    `services` what each other service holds, by its name."""

    owner_id: UUID
    practice_id: UUID
    agenda: dict[str, Any]
    services: dict[str, Any]


@api.get("/export", responses=problems(NotFound, ServiceUnavailable))
async def export_owner(
    practice_id: UUID, owner_id: UUID, request: Request, session: Read, caller: Sees
) -> OwnerExport:
    """All data of an owner, of all services, in one document. Also of one who was deleted, not of one who was
    erased: then there is none. It needs the scope of who may also erase."""
    if await queries.erasure(session, practice_id, owner_id) is not None:
        raise NotFound("the owner's data was erased")
    service = request.app.state.service
    subject, own = await _own(session, practice_id, owner_id, service.cipher)
    await session.close()  # no connection is kept while others are asked
    others = {
        part: await _held(service, part, practice_id, subject, caller.actor) for part in parts_of(service)
    }
    return OwnerExport(owner_id=owner_id, practice_id=practice_id, agenda=own, services=others)


async def _held(service: Service, part: str, practice_id: UUID, subject: DataSubject, actor: Actor) -> Any:
    return await service.peers.call(
        part,
        "POST",
        f"/internal/practices/{practice_id}/subject-access",
        actor=actor,
        practices=[practice_id],
        json=subject.model_dump(mode="json"),
    )


async def _own(
    session: ReadSession, practice_id: UUID, owner_id: UUID, cipher: MultiFernet
) -> tuple[DataSubject, dict[str, Any]]:
    owner = await queries.owner(session, practice_id, owner_id)
    animals = await queries.animals(session, owner_id)
    animal_ids = [each.id for each in animals]
    numbers = await queries.numbers(session, owner)
    said = await desk.held(session, owner, numbers)
    calls = [each.appointment_id for each in said.call_backs if each.appointment_id]
    appointments = await queries.appointments(session, owner, also=calls)
    documents = await queries.documents(session, owner_id, animal_ids)
    invitations = await queries.invitations(session, owner_id)
    connections = select(PartnerConnection).where(col(PartnerConnection.owner_id) == owner_id)
    subject = DataSubject(
        owner_id=owner_id,
        animal_ids=animal_ids,
        appointment_ids=[each.id for each in appointments],
        invitation_ids=[each.id for each in invitations],
        sealed_numbers=seal(numbers, cipher),
    )
    return subject, {
        "owner": snapshot(owner),
        "animals": _dumped(animals),
        "appointments": _dumped(appointments),
        "documents": [
            {
                **each.model_dump(mode="json"),
                "content": f"/v1/practices/{practice_id}/documents/{each.id}/content",
            }
            for each in documents
        ],
        "waitlist_entries": _dumped(await queries.entries(session, owner_id)),
        "invitations": [each.model_dump(mode="json", exclude={"email_digest"}) for each in invitations],
        "connections": _dumped((await session.scalars(connections)).all()),
        "desk": {name: _dumped(rows) for name, rows in vars(said).items()},
        "history": await _history(session, [owner_id, *animal_ids, *subject.appointment_ids]),
    }


def _dumped(rows: Iterable[RowModel]) -> list[dict[str, Any]]:
    return [each.model_dump(mode="json") for each in rows]


async def _history(session: ReadSession, subjects: Sequence[UUID]) -> list[dict[str, Any]]:
    query = select(*Change.__table__.columns).where(col(Change.subject_id).in_(subjects))  # type: ignore[attr-defined]
    return [dict(row) for row in (await session.execute(query.order_by(col(Change.id)))).mappings()]
