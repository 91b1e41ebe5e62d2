"""What the sms service asks about owners: whom the practice may write to, page by page and as plain rows, for
who forecasts what a message costs; and whose a number is."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlalchemy import select, text
from sqlmodel import col

from vetagenda_agenda.tables import Owner
from vetagenda_kit.caller import ServiceCaller
from vetagenda_kit.db import Read
from vetagenda_kit.models import RequestModel, ViewModel
from vetagenda_kit.routing import router

api: APIRouter = router(tags=["internal"], prefix="/internal/practices/{practice_id}/owners")
api.include_in_schema = False

# The database writes the answer: ten thousand rows take longer to be read into objects than to be found.
_PAGE = text("""
    WITH page AS (
        SELECT id, given_name, family_name, phone_e164, locale FROM owner
        WHERE practice_id = :practice AND deleted_at IS NULL AND phone_e164 IS NOT NULL
            AND consents->>'sms' = 'true' AND (CAST(:after AS uuid) IS NULL OR id > CAST(:after AS uuid))
        ORDER BY id LIMIT :limit
    ), living AS (
        SELECT page.*, animal.id AS animal_id, animal.name, animal.species
        FROM page JOIN animal ON animal.owner_id = page.id
        WHERE animal.practice_id = :practice AND animal.deleted_at IS NULL AND animal.deceased_on IS NULL
    )
    SELECT json_build_object(
        'items', coalesce((SELECT json_agg(json_build_array(
            id, given_name, family_name, phone_e164, locale, animal_id, name, species
        ) ORDER BY id, animal_id) FROM living), '[]'),
        'next', (SELECT id FROM page ORDER BY id OFFSET CAST(:limit AS integer) - 1)
    )::text
""")


@api.get("/sms-recipients")
async def sms_recipients(
    practice_id: UUID,
    session: Read,
    _caller: ServiceCaller,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=5000)] = 1000,
) -> Response:
    """Every living animal of the owners with a telephone number who agreed to SMS, `limit` owners a page:
    {items: [[owner_id, given_name, family_name, phone_e164, locale, animal_id, name, species]], next}."""
    page = await session.scalar(_PAGE, {"practice": practice_id, "after": after, "limit": limit})
    return Response(page, media_type="application/json")


class Number(RequestModel):
    """In E.164. In the body: an address is logged."""

    phone: str


class OwnersOfNumber(ViewModel):
    owner_ids: list[UUID]


@api.post("/of-number")
async def owners_of_number(
    practice_id: UUID, number: Number, session: Read, _caller: ServiceCaller
) -> OwnersOfNumber:
    """Everybody who has this number: families share one."""
    query = select(col(Owner.id)).where(
        col(Owner.practice_id) == practice_id,
        col(Owner.phone_e164) == number.phone,
        col(Owner.deleted_at).is_(None),
    )
    return OwnersOfNumber(owner_ids=list(await session.scalars(query.order_by(col(Owner.id)))))
