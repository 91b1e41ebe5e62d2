"""Organisations, which an operator makes, and the chart of one (DESK-2, DESK-6)."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from vetagenda_agenda.desk.organisations import commands, queries
from vetagenda_agenda.desk.organisations.schemas import (
    NewOrganisation,
    OrganisationChart,
    OrganisationPatch,
    OrganisationView,
)
from vetagenda_agenda.desk.tables import Organisation
from vetagenda_kit import concerned
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Database, Read
from vetagenda_kit.etags import IfMatch, check_version, etag
from vetagenda_kit.pages import Page, Paging
from vetagenda_kit.problems import InvalidRequest, NotFound, StaleVersion, VersionRequired, problems
from vetagenda_kit.routing import Write, router

operators = router(tags=["desk"], prefix="/v1/desk/organisations")
chart = router(tags=["desk"], prefix="/v1/practices/{practice_id}/desk/organisation-chart")
Operator = Annotated[Caller, Depends(requires("admin"))]
Reader = Annotated[Caller, Depends(requires("desk:read"))]


def _answered(response: Response, row: Organisation) -> OrganisationView:
    response.headers["ETag"] = etag(row.version)
    return OrganisationView.model_validate(row)


@operators.post("", status_code=201, responses=problems(InvalidRequest))
async def create_organisation(
    wanted: NewOrganisation, session: Write, caller: Operator, response: Response
) -> OrganisationView:
    """Put practices together. Needs an operator's key; each of them decides what it shares."""
    made = await commands.found_organisation(session, wanted, caller)
    response.headers["Location"] = f"/v1/desk/organisations/{made.id}"
    return _answered(response, made)


@operators.get("")
async def list_organisations(session: Read, paging: Paging, _caller: Operator) -> Page[OrganisationView]:
    """All of them, the oldest first."""
    rows, following = await queries.page(session, paging)
    return Page(items=[OrganisationView.model_validate(row) for row in rows], next=following)


@operators.get("/{organisation_id}", responses=problems(NotFound))
async def get_organisation(
    organisation_id: UUID, session: Read, _caller: Operator, response: Response
) -> OrganisationView:
    """One organisation, with the `ETag` that a change of it needs."""
    return _answered(response, await queries.one(session, organisation_id))


@operators.patch(
    "/{organisation_id}", responses=problems(NotFound, InvalidRequest, StaleVersion, VersionRequired)
)
async def update_organisation(
    organisation_id: UUID,
    patch: OrganisationPatch,
    expected: IfMatch,
    session: Write,
    caller: Operator,
    response: Response,
) -> OrganisationView:
    """Change its name, or who belongs to it: who leaves shares nothing with the others from then on."""
    found = await queries.one(session, organisation_id, lock=True)
    check_version(expected, found.version)
    await commands.change(session, found, patch, caller)
    return _answered(response, found)


@chart.get("")
async def get_organisation_chart(
    practice_id: UUID, request: Request, response: Response, session: Read, _caller: Reader
) -> OrganisationChart:
    """The practice's own lines, and those that the other practices of its organisation share, by service."""
    organisation = await queries.of(session, practice_id)
    await session.close()  # no connection is kept while another is asked for
    members = [practice_id, *(organisation.practice_ids if organisation else ())]
    db: Database = request.app.state.service.db
    async with db.reading(members) as across:
        lines = await queries.chart_lines(across, practice_id, members)
    concerned.note(response, [each.practice_id for each in lines])
    return OrganisationChart(
        organisation_id=organisation.id if organisation else None,
        name=organisation.name if organisation else None,
        lines=lines,
    )
