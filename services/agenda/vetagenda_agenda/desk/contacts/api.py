"""Whom a practice knows, for who answers its telephone (DESK-1, DESK-6)."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from vetagenda_agenda.desk.contacts import queries
from vetagenda_agenda.desk.contacts.schemas import ContactView
from vetagenda_agenda.desk.organisations.queries import sharing
from vetagenda_kit import concerned
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Database
from vetagenda_kit.pages import Page, Paging
from vetagenda_kit.routing import router

api = router(tags=["desk"], prefix="/v1/practices/{practice_id}/desk/contacts")


@api.get("")
async def list_contacts(
    practice_id: UUID,
    request: Request,
    response: Response,
    paging: Paging,
    _caller: Annotated[Caller, Depends(requires("agenda:read"))],
    q: Annotated[str, Query(max_length=100)] = "",
) -> Page[ContactView]:
    """The practice's owners with their living animals, and those of the practices that share theirs with it.
    `q` finds by parts of the name, the telephone number or the e-mail address."""
    db: Database = request.app.state.service.db
    practices = await sharing(db, practice_id, "share_contacts_with")
    async with db.reading(practices) as session:
        found = await queries.page(session, practices, paging, q)
    concerned.note(response, [each.practice_id for each in found.items])
    return found
