"""Routes of administrations."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Now, Read
from vetagenda_kit.etags import etag
from vetagenda_kit.pages import Page, Paging
from vetagenda_kit.problems import InvalidRequest, NotFound, problems
from vetagenda_kit.routing import Write, router
from vetagenda_reminders.facts import AnimalFacts, PracticeFacts
from vetagenda_reminders.ledger.schemas import ReminderView
from vetagenda_reminders.peers import agenda
from vetagenda_reminders.products import administrations, queries, renewal
from vetagenda_reminders.products.administrations import Given
from vetagenda_reminders.products.schemas import (
    AdministrationView,
    NewAdministration,
    RecordedAdministration,
    WithdrawnView,
)

given = router(tags=["reminders"], prefix="/v1/practices/{practice_id}/administrations")

Reader = Annotated[Caller, Depends(requires("reminders:read"))]
Writer = Annotated[Caller, Depends(requires("reminders:write"))]


@dataclass(frozen=True)
class AskedDose:
    """The request and what the agenda says of its animal, asked before the transaction begins."""

    new: NewAdministration
    practice: PracticeFacts
    animal: AnimalFacts


async def _ask(practice_id: UUID, new: NewAdministration, request: Request, _caller: Writer) -> AskedDose:
    known = await agenda.about_animals(request.app.state.service, practice_id, [new.animal_id])
    animal = known.animals.get(new.animal_id)
    if animal is None:
        raise NotFound("/animal_id: there is no such animal")
    return AskedDose(new, known.practice, animal)


@given.post("", status_code=201, responses=problems(InvalidRequest, NotFound))
async def record_administration(
    practice_id: UUID, dose: Annotated[AskedDose, Depends(_ask)], caller: Writer, session: Write
) -> AdministrationView:
    """A product was given to an animal: its reminders are in the ledger from now on.

    A rule without a template says the default sentence here; a visit's line would be red."""
    return _given_view(
        await administrations.give(session, dose.practice, dose.animal, dose.new, caller.actor)
    )


@given.get("")
async def list_administrations(
    _caller: Reader,
    session: Read,
    paging: Paging,
    animal_id: UUID | None = None,
    product_id: Annotated[UUID | None, Query(description="a product's or an act's id")] = None,
) -> Page[RecordedAdministration]:
    """What was given or done, the first recorded first, also by the lines of visits."""
    found, following = await queries.page(session, animal_id, product_id, paging)
    return Page(items=await queries.shown(session, found), next=following)


@given.get("/{administration_id}", responses=problems(NotFound))
async def get_administration(
    administration_id: UUID, _caller: Reader, session: Read, response: Response
) -> RecordedAdministration:
    """One administration with all that it has planned: also what was sent, skipped or taken back."""
    found = await queries.get(session, administration_id)
    response.headers["ETag"] = etag(found.version)
    return (await queries.shown(session, [found]))[0]


@given.post("/{administration_id}/withdraw-earlier", responses=problems(NotFound))
async def withdraw_earlier_reminders(
    administration_id: UUID, caller: Writer, now: Now, session: Write
) -> WithdrawnView:
    """Take out the older reminders that wait for what this administration renewed."""
    rows = await renewal.withdraw_later(session, administration_id, now, caller.actor)
    return WithdrawnView(withdrawn=[ReminderView.of(row) for row in rows])


def _given_view(recorded: Given) -> AdministrationView:
    fields = recorded.administration.model_dump(include=set(AdministrationView.model_fields))
    reminders = [ReminderView.of(row) for row in recorded.reminders]
    earlier = [ReminderView.of(row) for row in recorded.earlier]
    return AdministrationView(**fields, without=recorded.without, reminders=reminders, earlier=earlier)
