from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from vetagenda_agenda.partners import seen
from vetagenda_agenda.practices import commands, queries
from vetagenda_agenda.practices.schemas import NewPractice, PracticeFacts, PracticePatch, PracticeView
from vetagenda_kit.caller import Caller, ServiceCaller, requires
from vetagenda_kit.db import Read
from vetagenda_kit.etags import IfMatch, check_version, etag
from vetagenda_kit.problems import NotFound, PartnerNotActivated, StaleVersion, VersionRequired, problems
from vetagenda_kit.routing import Write, router

public = router(tags=["practice"], prefix="/v1/practices")
internal = router(tags=["internal"], prefix="/internal/practices")
internal.include_in_schema = False


@public.post("", status_code=201)
async def create_practice(
    request: NewPractice,
    session: Write,
    caller: Annotated[Caller, Depends(requires("admin"))],
    response: Response,
) -> PracticeView:
    """Open a practice. Needs an operator's key."""
    practice = await commands.create(session, request, caller.actor)
    response.headers["Location"] = f"/v1/practices/{practice.id}"
    response.headers["ETag"] = etag(practice.version)
    return PracticeView.model_validate(practice)


@public.get("/{practice_id}", responses=problems(NotFound, PartnerNotActivated))
async def get_practice(
    practice_id: UUID,
    session: Read,
    caller: Annotated[Caller, Depends(requires("practice:read", apps=True))],
    response: Response,
) -> PracticeView:
    """A practice: what it is called, where it is, its time zone and language."""
    await seen.activation_of(session, practice_id, caller.actor)
    practice = await queries.practice(session, practice_id)
    response.headers["ETag"] = etag(practice.version)
    return PracticeView.model_validate(practice)


@public.patch("/{practice_id}", responses=problems(NotFound, StaleVersion, VersionRequired))
async def update_practice(
    practice_id: UUID,
    patch: PracticePatch,
    expected: IfMatch,
    session: Write,
    caller: Annotated[Caller, Depends(requires("practice:write"))],
    response: Response,
) -> PracticeView:
    """Change what is sent of a practice; the rest stays."""
    practice = await queries.locked(session, practice_id)
    check_version(expected, practice.version)
    await commands.update(session, practice, patch, caller.actor)
    response.headers["ETag"] = etag(practice.version)
    return PracticeView.model_validate(practice)


@internal.get("")
async def all_practices(request: Request, _caller: ServiceCaller) -> list[PracticeView]:
    """For the operator, who is granted all of them."""
    async with request.app.state.service.db.jobs_reading() as session:
        return [PracticeView.model_validate(row) for row in await queries.every(session)]


@internal.get("/{practice_id}")
async def practice_facts(
    practice_id: UUID, session: Read, _caller: ServiceCaller, practitioners: bool = False
) -> PracticeFacts:
    """With `practitioners` they are counted, which most who ask have no use for."""
    facts = queries.facts(await queries.practice(session, practice_id))
    if not practitioners:
        return facts
    return facts.model_copy(update={"practitioners": await queries.practitioners(session)})
