"""Where one click ends e-mails, without an account: the signed token is the key."""

from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse

from vetagenda_contracts.languages import language_of
from vetagenda_kit.problems import NotFound, ServiceUnavailable, problems
from vetagenda_kit.routing import router
from vetagenda_kit.service import Service
from vetagenda_reminders.channels.unsubscribing import rules
from vetagenda_reminders.channels.unsubscribing.page import HEADERS, page
from vetagenda_reminders.channels.unsubscribing.rules import Recipient
from vetagenda_reminders.peers import agenda

api = router(tags=["owner links"], prefix="/v1/unsubscribe/{token}")
_NO_KEY: dict[str, Any] = {"security": []}
_FIELDS = {"type": "object", "properties": {"List-Unsubscribe": {"type": "string", "const": "One-Click"}}}
_ONE_CLICK: dict[str, Any] = _NO_KEY | {
    "requestBody": {
        "required": False,
        "content": {
            media: {"schema": _FIELDS}
            for media in ("application/x-www-form-urlencoded", "multipart/form-data")
        },
    }
}


async def _recipient(token: str, request: Request) -> Recipient:
    service: Service = request.app.state.service
    return rules.read(token, service.ring)


Named = Annotated[Recipient, Depends(_recipient)]
_PROBLEMS = problems(NotFound, ServiceUnavailable)


@api.get("", response_class=HTMLResponse, responses=_PROBLEMS, openapi_extra=_NO_KEY)
async def ask_unsubscribe(recipient: Named, request: Request) -> HTMLResponse:
    """A page that asks. Reading it changes nothing: mail scanners open every address."""
    return await _answer(request.app.state.service, recipient, ended=False)


@api.post("", response_class=HTMLResponse, responses=_PROBLEMS, openapi_extra=_ONE_CLICK)
async def unsubscribe(recipient: Named, request: Request) -> HTMLResponse:
    """Withdraw the owner's consent to e-mail (RFC 8058). Repeating it changes nothing."""
    service: Service = request.app.state.service
    await agenda.withdraw_email_consent(service, recipient.practice_id, recipient.owner_id)
    return await _answer(service, recipient, ended=True)


async def _answer(service: Service, recipient: Recipient, *, ended: bool) -> HTMLResponse:
    known = await agenda.about_owners(service, recipient.practice_id, [recipient.owner_id])
    owner = known.owners.get(recipient.owner_id)
    if owner is None:
        raise NotFound("there is no such address any more")
    language = language_of(owner.locale or known.practice.locale)
    done = ended or not owner.consents.email
    return HTMLResponse(page(language, known.practice.name, done=done), headers=HEADERS)
