"""Messages to a practice (DESK-5, DESK-6)."""

from collections.abc import Awaitable, Callable
from typing import Annotated, get_args
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.desk.messages import commands, queries
from vetagenda_agenda.desk.messages.commands import Mark
from vetagenda_agenda.desk.messages.rules import Filter, MessageKind, Shown
from vetagenda_agenda.desk.messages.schemas import (
    DeskMessagePage,
    DeskMessageView,
    MessageRefs,
    NewDeskMessage,
    PutMessage,
)
from vetagenda_agenda.desk.organisations.queries import sharing
from vetagenda_agenda.desk.settings import queries as settings
from vetagenda_agenda.desk.tables import Message
from vetagenda_kit import concerned
from vetagenda_kit.caller import Caller, ServiceCaller, requires
from vetagenda_kit.db import Database, Now, Read
from vetagenda_kit.etags import IfMatch, check_version, etag
from vetagenda_kit.pages import Paging
from vetagenda_kit.problems import InvalidRequest, NotFound, StaleVersion, VersionRequired, problems
from vetagenda_kit.routing import Write, router

api = router(tags=["desk"], prefix="/v1/practices/{practice_id}/desk/messages")
internal = router(tags=["internal"], prefix="/internal/practices/{practice_id}/desk/messages")
internal.include_in_schema = False
Reader = Annotated[Caller, Depends(requires("desk:read"))]
Writer = Annotated[Caller, Depends(requires("desk:write"))]


async def _context(caller: Writer, now: Now) -> Context:
    return Context(caller.actor, now)


Acting = Annotated[Context, Depends(_context)]


async def _seen(practice_id: UUID, request: Request) -> list[UUID]:
    """The practice, and those that share their messages with it."""
    db: Database = request.app.state.service.db
    return await sharing(db, practice_id, "share_messages_with")


Seen = Annotated[list[UUID], Depends(_seen)]


async def _locked(
    practice_id: UUID, message_id: UUID, seen: Seen, session: Write, _caller: Writer
) -> Message:
    await session.also_see(*seen)
    return await queries.one(session, practice_id, seen, message_id, lock=True)


Locked = Annotated[Message, Depends(_locked)]


def _answered(response: Response, row: Message) -> DeskMessageView:
    response.headers["ETag"] = etag(row.version)
    return DeskMessageView.of(row)


@api.post("", status_code=201, responses=problems(NotFound, InvalidRequest))
async def post_desk_message(
    practice_id: UUID, wanted: NewDeskMessage, session: Write, acting: Acting, response: Response
) -> DeskMessageView:
    """Write to the practice. It is told of it as it has configured, or as `notify` says for this one; a
    channel without its address is refused by name."""
    made = await commands.post(session, practice_id, wanted, acting)
    response.headers["Location"] = f"/v1/practices/{practice_id}/desk/messages/{made.id}"
    return _answered(response, made)


_FILTER = "As the practice has configured it when left out; off where it hides what is done or read."


@api.get("")
async def list_desk_messages(
    practice_id: UUID,
    request: Request,
    response: Response,
    seen: Seen,
    paging: Paging,
    caller: Reader,
    filter: Annotated[Filter | None, Query(description=_FILTER)] = None,
    kind: MessageKind | None = None,
) -> DeskMessagePage:
    """The newest first, with those of the practices that share theirs. What the practice has chosen to hide
    is hidden from its own people, not from who answers its telephone."""
    db: Database = request.app.state.service.db
    async with db.reading(seen) as session:
        choices, _version = await settings.chosen(session, practice_id)
        own, chosen = caller.actor.kind == "user", choices.messages
        shown = Shown(
            filter or (chosen.filter if own else Filter.ALL),
            hide_done=own and chosen.hide_done,
            hide_read=own and chosen.hide_read,
        )
        rows, following = await queries.page(session, practice_id, seen, paging, shown, kind)
    concerned.note(response, [row.practice_id for row in rows])
    return DeskMessagePage(
        items=[DeskMessageView.of(row) for row in rows],
        next=following,
        filter=shown.filter,
        hide_done=shown.hide_done,
        hide_read=shown.hide_read,
    )


@api.get("/{message_id}", responses=problems(NotFound))
async def get_desk_message(
    practice_id: UUID, message_id: UUID, request: Request, seen: Seen, _caller: Reader, response: Response
) -> DeskMessageView:
    """One message, with the `ETag` that deleting it needs. Reading it here does not mark it as read."""
    db: Database = request.app.state.service.db
    async with db.reading(seen) as session:
        found = await queries.one(session, practice_id, seen, message_id)
    concerned.note(response, [found.practice_id])
    return _answered(response, found)


def _marking(how: Mark) -> Callable[..., Awaitable[DeskMessageView]]:
    async def mark(message: Locked, session: Write, acting: Acting, response: Response) -> DeskMessageView:
        commands.mark(session, message, how, acting)
        concerned.note(response, [message.practice_id])
        return _answered(response, message)

    return mark


for _how in get_args(Mark):
    api.add_api_route(
        f"/{{message_id}}/{_how}",
        _marking(_how),
        methods=["POST"],
        name=f"mark_desk_message_{_how}",
        description=f"Mark it as {_how}, for all practices with whom it is shared. What is so stays so.",
        responses=problems(NotFound),
    )


@api.delete("/{message_id}", status_code=204, responses=problems(NotFound, StaleVersion, VersionRequired))
async def delete_desk_message(
    practice_id: UUID, expected: IfMatch, message: Locked, session: Write, acting: Acting
) -> None:
    """Delete a message of the practice's own; another's that is shared can be marked only."""
    if message.practice_id != practice_id:
        raise NotFound("it is another practice's message")
    check_version(expected, message.version)
    commands.delete(session, message, acting)


@internal.put("/{message_id}")
async def put_message(
    practice_id: UUID,
    message_id: UUID,
    wanted: PutMessage,
    session: Write,
    caller: ServiceCaller,
    now: Now,
) -> DeskMessageView:
    """Reminders' notices to the practice, under the ids of their rows."""
    context = Context(caller.actor, now)
    return DeskMessageView.of(await commands.put(session, practice_id, message_id, wanted, context))


@internal.post("/facts")
async def message_facts(
    practice_id: UUID, refs: MessageRefs, session: Read, _caller: ServiceCaller
) -> dict[str, object]:
    """{practice, items: [what is told of each, and where to]}."""
    return await queries.facts(session, practice_id, refs.message_ids)
