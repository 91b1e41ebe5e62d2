"""Routes of letters: select, generate, mark as printed (REM-13)."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response

from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Now, Read
from vetagenda_kit.pages import Page, Paging
from vetagenda_kit.problems import InvalidRequest, NotFound, problems, summary
from vetagenda_kit.routing import Write, router
from vetagenda_reminders.ledger.schemas import ReminderView
from vetagenda_reminders.letters import commands, paper, queries
from vetagenda_reminders.letters.commands import Batch, LettersChanged
from vetagenda_reminders.letters.schemas import LettersPrinted, LettersToMake, PrintedView
from vetagenda_reminders.local_time import local_day

public = router(tags=["reminders"], prefix="/v1/practices/{practice_id}/letters")

Reader = Annotated[Caller, Depends(requires("reminders:read"))]
Writer = Annotated[Caller, Depends(requires("reminders:write"))]

_PDF: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The letters, as an attachment. They are ready until they are marked as printed.",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
        "headers": {
            "Letters-Skipped": {
                "description": "How many of the ids are not in the PDF; the reminders say why.",
                "schema": {"type": "integer"},
            }
        },
    }
}


@public.get("")
async def list_letters(
    _caller: Reader,
    session: Read,
    paging: Paging,
    animal_id: UUID | None = None,
    owner_id: UUID | None = None,
) -> Page[ReminderView]:
    """Letters to print, by the time they are due."""
    return await queries.ready(session, paging, animal_id, owner_id)


@public.post(
    "", response_class=Response, responses={**_PDF, **problems(NotFound, LettersChanged, InvalidRequest)}
)
async def make_letters(
    practice_id: UUID, wanted: LettersToMake, request: Request, caller: Writer
) -> Response:
    """The letters as one PDF. Each is looked at anew: one that must not leave any more is left out of it
    and says why in its `skip_reason`.

    Making it again is harmless, so an Idempotency-Key changes nothing: every call draws what holds then.
    """
    service = request.app.state.service
    batch = await commands.look_again(service, practice_id, wanted.reminder_ids, caller.actor)
    today = local_day(batch.now, batch.practice.zone)
    try:
        pdf = await asyncio.to_thread(paper.draw, wanted.format, batch.practice, today, batch.letters)
    except paper.TooLong as refused:
        raise _too_long(refused, wanted) from refused
    return Response(pdf, media_type="application/pdf", headers=_headers(wanted, batch, f"{today:%Y-%m-%d}"))


def _headers(wanted: LettersToMake, batch: Batch, day: str) -> dict[str, str]:
    name = "letters" if wanted.format == "a4" else "cards"
    return {
        "Content-Disposition": f'attachment; filename="{name}-{day}.pdf"',
        "Cache-Control": "private, no-store",
        "Letters-Skipped": str(len(batch.left_out)),
    }


def _too_long(refused: paper.TooLong, wanted: LettersToMake) -> InvalidRequest:
    detail = (
        "this letter does not fit its sheet in the smallest print: shorten its template, or print it on A4"
    )
    numbers = [number for number, one in enumerate(wanted.reminder_ids) if str(one) in refused.ids]
    errors = [
        {"pointer": f"/reminder_ids/{number}", "detail": f"{wanted.reminder_ids[number]}: {detail}"}
        for number in numbers
    ]
    return InvalidRequest(summary(errors), errors=errors)


@public.post("/printed", responses=problems(NotFound, InvalidRequest))
async def mark_letters_printed(
    printed: LettersPrinted, caller: Writer, now: Now, session: Write
) -> PrintedView:
    """They are printed and in the post: sent, and no longer in the list."""
    return await commands.mark_printed(session, printed.reminder_ids, now, caller.actor)
