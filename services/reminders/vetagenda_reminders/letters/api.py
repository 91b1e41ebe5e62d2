"""Routes of letters: select, generate, mark as printed (REM-13)."""

import asyncio
from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response

from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Now
from vetagenda_kit.operation_marks import costly
from vetagenda_kit.pages import Paging
from vetagenda_kit.problems import InvalidRequest, NotFound, problems, summary
from vetagenda_kit.routing import Write, router
from vetagenda_reminders.letters import commands, listing, paper
from vetagenda_reminders.letters.commands import Batch, LettersChanged
from vetagenda_reminders.letters.paper import Sheets
from vetagenda_reminders.letters.schemas import (
    MOST_NAMED,
    Letters,
    LettersPrinted,
    LettersToMake,
    PrintedView,
)
from vetagenda_reminders.local_time import local_day

public = router(tags=["reminders"], prefix="/v1/practices/{practice_id}/letters")

Reader = Annotated[Caller, Depends(requires("reminders:read"))]
Writer = Annotated[Caller, Depends(requires("reminders:write"))]

_IDS = {"type": "string", "description": f"Reminder ids with commas between them, at most {MOST_NAMED}."}
_PDF: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The letters, as an attachment. They are ready until they are marked as printed.",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
        "headers": {
            "Letters-Skipped": {
                "description": (
                    "How many of the ids are not in the PDF: the reminders say why, and `Letters-Too-Long` "
                    "names those that stay ready."
                ),
                "schema": {"type": "integer"},
            },
            "Letters-Too-Long": {
                "description": "Letters that do not fit their sheet in the smallest print and are left out.",
                "schema": _IDS,
            },
            "Letters-Undrawn-Characters": {
                "description": (
                    "Letters in the PDF with a character that no font has: an empty box stands for it."
                ),
                "schema": _IDS,
            },
        },
    }
}


@public.get("")
async def list_letters(
    practice_id: UUID,
    _caller: Reader,
    request: Request,
    paging: Paging,
    animal_id: UUID | None = None,
    owner_id: UUID | None = None,
) -> Letters:
    """Letters to print, by the time they are due, asked about anew: one that is not to be printed any more is
    `skipped` with its reason and left out."""
    return await listing.ready(request.app.state.service, practice_id, paging, animal_id, owner_id)


@public.post(
    "",
    response_class=Response,
    responses={**_PDF, **problems(NotFound, LettersChanged, InvalidRequest)},
    openapi_extra=costly("files"),
)
async def make_letters(
    practice_id: UUID, wanted: LettersToMake, request: Request, caller: Writer
) -> Response:
    """The letters as one PDF. Each is looked at anew: one that must not leave any more is left out of it
    and says why in its `skip_reason`. One that does not fit its sheet is left out too and stays ready; 422
    when none fits.

    Making it again is harmless, so an Idempotency-Key changes nothing: every call draws what holds then.
    """
    service = request.app.state.service
    batch = await commands.look_again(service, practice_id, wanted.reminder_ids, caller.actor)
    today = local_day(batch.now, batch.practice.zone)
    sheets = await asyncio.to_thread(paper.draw, wanted.format, batch.practice, today, batch.letters)
    if not sheets.pdf:
        raise _too_long(sheets, wanted)
    drawn = [letter for letter in batch.letters if letter.id not in sheets.too_long]
    await commands.note_drawn(service, practice_id, drawn, batch.now)
    headers = _headers(wanted, batch, sheets, f"{today:%Y-%m-%d}")
    return Response(sheets.pdf, media_type="application/pdf", headers=headers)


def _headers(wanted: LettersToMake, batch: Batch, sheets: Sheets, day: str) -> dict[str, str]:
    name = "letters" if wanted.format == "a4" else "cards"
    told = {
        "Content-Disposition": f'attachment; filename="{name}-{day}.pdf"',
        "Cache-Control": "private, no-store",
        "Letters-Skipped": str(len(batch.left_out) + len(sheets.too_long)),
    }
    named = {"Letters-Too-Long": sheets.too_long, "Letters-Undrawn-Characters": sheets.undrawn}
    return told | {header: _named(ids, wanted) for header, ids in named.items() if ids}


def _named(ids: Iterable[str], wanted: LettersToMake) -> str:
    """In the order in which they were asked for."""
    among = set(ids)
    return ",".join([str(one) for one in wanted.reminder_ids if str(one) in among][:MOST_NAMED])


def _too_long(sheets: Sheets, wanted: LettersToMake) -> InvalidRequest:
    way_out = ", or print it on A4" if wanted.format == "cards" else ""
    detail = f"this letter does not fit its sheet in the smallest print: shorten its template{way_out}"
    numbers = [number for number, one in enumerate(wanted.reminder_ids) if str(one) in sheets.too_long]
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
