"""How other services order an e-mail that is no reminder."""

from uuid import UUID

from fastapi import Request

from vetagenda_kit.caller import ServiceCaller
from vetagenda_kit.db import ReadSession, WriteSession
from vetagenda_kit.problems import NotFound, problems
from vetagenda_kit.routing import router
from vetagenda_kit.service import Service
from vetagenda_reminders.service_emails import commands
from vetagenda_reminders.service_emails.schemas import EmailOrder, EmailView
from vetagenda_reminders.service_emails.tables import ServiceEmail
from vetagenda_reminders.service_emails.wording import check_values

internal = router(tags=["internal"], prefix="/internal/emails")
internal.include_in_schema = False


@internal.put("/{email_id}")
async def order_email(
    email_id: UUID, order: EmailOrder, request: Request, caller: ServiceCaller
) -> EmailView:
    """It leaves at once, and at most once. The same order again is the same e-mail."""
    if not caller.sees(order.practice_id):
        raise NotFound("there is no such practice")
    check_values(order.kind, order.values)
    service: Service = request.app.state.service
    async with service.db.writing([order.practice_id]) as session:
        return EmailView.model_validate(await commands.order(session, email_id, order, service.cipher))


@internal.get("/{email_id}", responses=problems(NotFound))
async def get_email(email_id: UUID, request: Request, caller: ServiceCaller) -> EmailView:
    """What became of it. Forgotten after a while."""
    service: Service = request.app.state.service
    async with service.db.reading(list(caller.practices or ())) as session:
        return EmailView.model_validate(await _known(session, email_id))


async def _known(session: ReadSession | WriteSession, email_id: UUID) -> ServiceEmail:
    known = await session.get(ServiceEmail, email_id)
    if known is None:
        raise NotFound("there is no such e-mail")
    return known
