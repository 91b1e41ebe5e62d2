"""The five routes that every kind of record has."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response

from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Read
from vetagenda_kit.etags import IfMatch, etag
from vetagenda_kit.pages import Page, Paging
from vetagenda_kit.problems import InvalidRequest, NotFound, StaleVersion, VersionRequired, problems
from vetagenda_kit.routing import Write, router
from vetagenda_reminders.records import commands, queries
from vetagenda_reminders.records.resource import Resource

Reader = Annotated[Caller, Depends(requires("reminders:read"))]
Writer = Annotated[Caller, Depends(requires("reminders:write"))]
_CHANGING = (InvalidRequest, NotFound, StaleVersion, VersionRequired)


def routes(resource: Resource[Any]) -> APIRouter:
    """POST, GET list, GET, PATCH and DELETE of one."""
    api = router(tags=["reminders"], prefix=f"/v1/practices/{{practice_id}}/{resource.path}")
    one, noun = f"/{{{resource.noun}_id}}", resource.noun
    said = noun.replace("_", " ")
    New, Change, View = resource.new, resource.change, resource.view  # noqa: N806 - types, used as such
    RecordId = Annotated[UUID, Path(alias=f"{noun}_id")]  # noqa: N806

    def answered(response: Response, record: Any) -> Any:
        response.headers["ETag"] = etag(record.version)
        return resource.shown(record)

    async def create(
        practice_id: UUID,
        new: New,  # type: ignore[valid-type]
        caller: Writer,
        session: Write,
        response: Response,
    ) -> Any:
        record = await commands.create(session, resource, practice_id, new, caller.actor)
        response.headers["Location"] = f"/v1/practices/{practice_id}/{resource.path}/{record.id}"
        return answered(response, record)

    async def listing(_caller: Reader, session: Read, paging: Paging) -> Page[View]:  # type: ignore[valid-type]
        shown, following = await queries.page(session, resource, paging)
        return Page(items=[resource.shown(each) for each in shown], next=following)

    async def get(record_id: RecordId, _caller: Reader, session: Read, response: Response) -> Any:
        return answered(response, await queries.get(session, resource, record_id))

    async def change(
        record_id: RecordId,
        wanted: Change,  # type: ignore[valid-type]
        caller: Writer,
        expected: IfMatch,
        session: Write,
        response: Response,
    ) -> Any:
        changed = await commands.change(session, resource, record_id, wanted, caller.actor, expected)
        return answered(response, changed)

    async def delete(record_id: RecordId, caller: Writer, expected: IfMatch, session: Write) -> None:
        await commands.delete(session, resource, record_id, caller.actor, expected)

    api.add_api_route(
        "",
        create,
        methods=["POST"],
        status_code=201,
        name=f"create_{noun}",
        description=resource.making or f"Add one {said}; `Location` is its address.",
        response_model=View,
        responses=problems(InvalidRequest, NotFound),
    )
    api.add_api_route(
        "", listing, methods=["GET"], name=f"list_{noun}s", description=f"Every {said}, the oldest first."
    )
    api.add_api_route(
        one,
        get,
        methods=["GET"],
        name=f"get_{noun}",
        description=f"One {said}, with the `ETag` that a change of it needs.",
        response_model=View,
        responses=problems(NotFound),
    )
    api.add_api_route(
        one,
        change,
        methods=["PATCH"],
        name=f"change_{noun}",
        description=resource.changing or f"Change what is sent of the {said}; the rest stays as it is.",
        response_model=View,
        responses=problems(*_CHANGING),
    )
    refusals = (*_CHANGING, resource.in_use) if resource.in_use else _CHANGING
    api.add_api_route(
        one,
        delete,
        methods=["DELETE"],
        status_code=204,
        name=f"delete_{noun}",
        description=f"Delete the {said}. What was sent with it stays in the ledger.",
        responses=problems(*refusals),
    )
    return api
