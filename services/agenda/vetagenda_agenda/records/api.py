"""The five routes that every kind of record has."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from vetagenda_agenda.partners import seen
from vetagenda_agenda.records import resource as records
from vetagenda_agenda.records.resource import Resource
from vetagenda_agenda.records.usage import InUse
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Read
from vetagenda_kit.etags import IfMatch, etag
from vetagenda_kit.pages import Page, Paging
from vetagenda_kit.problems import InvalidRequest, NotFound, StaleVersion, VersionRequired, problems
from vetagenda_kit.routing import Write, router

_CHANGING = problems(NotFound, StaleVersion, VersionRequired, InvalidRequest)


async def _no_filter() -> list[Any]:
    return []


def routes(resource: Resource[Any], filters: Any = _no_filter) -> APIRouter:
    """POST, GET list, GET, PATCH and DELETE of one. `filters` is a dependency that answers conditions."""
    api = router(tags=[resource.scope], prefix=f"/v1/practices/{{practice_id}}/{resource.path}")
    name = resource.noun.replace("-", "_")
    own_scope = f"{resource.scope}:read"
    to_book = ("booking:read",) if resource.read_to_book else ()
    reader = Depends(requires(own_scope, *to_book, apps=resource.read_to_book))
    writer = Depends(requires(resource.written_by or f"{resource.scope}:write"))
    New, Patch, View = resource.new, resource.patch, resource.view  # noqa: N806 - types, used as such
    Written = resource.answer or View  # noqa: N806

    async def written(session: Write, response: Response, row: Any) -> Any:
        view = answered(response, row)
        found = await resource.found(session, row)
        return Written.model_validate({**view.model_dump(by_alias=True), **found}) if found else view

    def answered(response: Response, row: Any) -> Any:
        response.headers["ETag"] = etag(row.version)
        return View.model_validate(row)

    def shown(caller: Caller, view: Any) -> Any:
        """What is inward is null for an app that reads it to book."""
        return view if caller.may(own_scope) else view.model_copy(update=dict.fromkeys(resource.inward))

    async def create(
        practice_id: UUID,
        request: New,  # type: ignore[valid-type]
        session: Write,
        caller: Annotated[Caller, writer],
        response: Response,
    ) -> Any:
        row = await records.create(session, resource, practice_id, request, caller.actor)
        response.headers["Location"] = f"/v1/practices/{practice_id}/{resource.path}/{row.id}"
        return await written(session, response, row)

    async def listing(
        practice_id: UUID,
        session: Read,
        paging: Paging,
        caller: Annotated[Caller, reader],
        conditions: Annotated[list[Any], Depends(filters)],
    ) -> Page[View]:  # type: ignore[valid-type]
        exposed = await seen.only_exposed(
            session, practice_id, caller.actor, resource.table, resource.exposed_as
        )
        found = await records.page(session, resource, practice_id, paging, *conditions, *exposed)
        return Page(items=[shown(caller, each) for each in found.items], next=found.next)

    async def get(
        practice_id: UUID,
        record_id: UUID,
        session: Read,
        caller: Annotated[Caller, reader],
        response: Response,
    ) -> Any:
        await seen.check_exposed(session, practice_id, caller.actor, record_id, resource.exposed_as)
        row = await records.find(session, resource, practice_id, record_id)
        return shown(caller, answered(response, row))

    async def update(
        practice_id: UUID,
        record_id: UUID,
        patch: Patch,  # type: ignore[valid-type]
        expected: IfMatch,
        session: Write,
        caller: Annotated[Caller, writer],
        response: Response,
    ) -> Any:
        row = await records.find(session, resource, practice_id, record_id)
        await records.update(session, resource, row, patch, expected, caller.actor)
        return await written(session, response, row)

    async def delete(
        practice_id: UUID,
        record_id: UUID,
        expected: IfMatch,
        session: Write,
        caller: Annotated[Caller, writer],
    ) -> None:
        row = await records.find(session, resource, practice_id, record_id)
        await records.delete(session, resource, row, expected, caller.actor)

    one, said = "/{record_id}", resource.noun.replace("-", " ")
    changing = _CHANGING | problems(*resource.refusals)
    api.add_api_route(
        "",
        create,
        methods=["POST"],
        status_code=201,
        name=f"create_{name}",
        description=f"Add one {said}; `Location` is its address.",
        response_model=Written,
        responses=problems(NotFound),
    )
    api.add_api_route(
        "",
        listing,
        methods=["GET"],
        name=f"list_{name}s",
        description=f"Every {said} that was not deleted, the oldest first.",
    )
    api.add_api_route(
        one,
        get,
        methods=["GET"],
        name=f"get_{name}",
        description=f"One {said}, with the `ETag` that a change of it needs.",
        response_model=View,
        responses=problems(NotFound),
    )
    api.add_api_route(
        one,
        update,
        methods=["PATCH"],
        name=f"update_{name}",
        description=f"Change what is sent of the {said}; the rest stays as it is.",
        response_model=Written,
        responses=changing,
    )
    api.add_api_route(
        one,
        delete,
        methods=["DELETE"],
        status_code=204,
        name=f"delete_{name}",
        description=f"Take the {said} out of use. What is past still names it.",
        responses=changing if resource.named_in is None else changing | problems(InUse),
    )
    return api
