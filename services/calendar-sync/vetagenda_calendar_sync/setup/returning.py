"""What a person's browser is shown that comes back from Google.

Who left from the set-up page goes on there. Who was sent by the practice's software has no session of that
page: the answer is a page of its own, in the practice's language.
"""

from fastapi.responses import HTMLResponse, Response

from vetagenda_calendar_sync.google.authorization import State
from vetagenda_calendar_sync.google.scopes import CHOICE_IS_OPEN
from vetagenda_calendar_sync.links import queries
from vetagenda_calendar_sync.setup import page
from vetagenda_calendar_sync.setup.page import HEADERS
from vetagenda_calendar_sync.setup.plain import to_page
from vetagenda_calendar_sync.setup.rules import language_wanted
from vetagenda_calendar_sync.status.languages import language_of
from vetagenda_calendar_sync.tables import CalendarLink
from vetagenda_kit.problems import NotFound, Problem
from vetagenda_kit.service import Service


async def answer(service: Service, sealed: str, problem: Problem | None, accept_language: str) -> Response:
    """`problem` is what went wrong with this consent, if anything did."""
    state = State.told(sealed, service.cipher)
    link = await _link(service, state) if state else None
    if state and link and link.consent_used_at == state.issued_at:
        problem = None  # the page was loaded again, after the consent had done its work
    if state and state.on_page:
        return to_page(problem.code if problem else "")
    language = language_of(link.locale) if link else language_wanted(accept_language)
    if problem:
        shown = page.failed(language, problem.code)
        return HTMLResponse(shown, problem.status, headers=HEADERS)
    is_open = link is not None and link.state_reason == CHOICE_IS_OPEN
    return HTMLResponse(page.agreed(language, choice_is_open=is_open), headers=HEADERS)


async def _link(service: Service, state: State) -> CalendarLink | None:
    async with service.db.reading([state.practice_id]) as session:
        try:
            return await queries.one(session, state.practice_id, state.link_id)
        except NotFound:
            return None
