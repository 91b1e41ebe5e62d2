"""Routes of reminder rules, products and administrations."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Read
from vetagenda_kit.etags import IfMatch, etag
from vetagenda_kit.pages import Page, Paging
from vetagenda_kit.problems import InvalidRequest, NotFound, StaleVersion, VersionRequired, problems
from vetagenda_kit.routing import Write, router
from vetagenda_reminders import records
from vetagenda_reminders.facts import AnimalFacts, PracticeFacts
from vetagenda_reminders.ledger.schemas import ReminderView
from vetagenda_reminders.peers import agenda
from vetagenda_reminders.products import administrations, commands
from vetagenda_reminders.products.administrations import Given
from vetagenda_reminders.products.commands import RuleInUse
from vetagenda_reminders.products.schemas import (
    AdministrationView,
    NewAdministration,
    NewProduct,
    NewRule,
    ProductChange,
    ProductView,
    RuleChange,
    RuleView,
)
from vetagenda_reminders.tables import Product, ReminderRule

rules = router(tags=["reminders"], prefix="/v1/practices/{practice_id}/reminder-rules")
products = router(tags=["reminders"], prefix="/v1/practices/{practice_id}/products")
given = router(tags=["reminders"], prefix="/v1/practices/{practice_id}/administrations")

Reader = Annotated[Caller, Depends(requires("reminders:read"))]
Writer = Annotated[Caller, Depends(requires("reminders:write"))]
CHANGES = problems(InvalidRequest, NotFound, StaleVersion, VersionRequired)


@rules.post("", status_code=201, responses=problems(InvalidRequest, NotFound))
async def create_reminder_rule(
    practice_id: UUID, new: NewRule, caller: Writer, session: Write, response: Response
) -> RuleView:
    """When reminders of a product or act are due, how often, and by which channels."""
    rule = await commands.create_rule(session, practice_id, new, caller.actor)
    response.headers["Location"] = f"/v1/practices/{practice_id}/reminder-rules/{rule.id}"
    return _rule_view(rule, response)


@rules.get("")
async def list_reminder_rules(_caller: Reader, session: Read, paging: Paging) -> Page[RuleView]:
    shown, following = await records.listed(session, ReminderRule, paging)
    return Page(items=[RuleView.of(one) for one in shown], next=following)


@rules.get("/{rule_id}", responses=problems(NotFound))
async def get_reminder_rule(rule_id: UUID, _caller: Reader, session: Read, response: Response) -> RuleView:
    return _rule_view(await records.get(session, ReminderRule, rule_id), response)


@rules.patch("/{rule_id}", responses=CHANGES)
async def change_reminder_rule(
    rule_id: UUID, wanted: RuleChange, caller: Writer, expected: IfMatch, session: Write, response: Response
) -> RuleView:
    return _rule_view(await commands.change_rule(session, rule_id, wanted, caller.actor, expected), response)


@rules.delete("/{rule_id}", status_code=204, responses=CHANGES | problems(RuleInUse))
async def delete_reminder_rule(rule_id: UUID, caller: Writer, expected: IfMatch, session: Write) -> None:
    await commands.delete_rule(session, rule_id, caller.actor, expected)


@products.post("", status_code=201, responses=problems(InvalidRequest, NotFound))
async def create_product(
    practice_id: UUID, new: NewProduct, caller: Writer, session: Write, response: Response
) -> ProductView:
    product = await commands.create_product(session, practice_id, new, caller.actor)
    response.headers["Location"] = f"/v1/practices/{practice_id}/products/{product.id}"
    return _product_view(product, response)


@products.get("")
async def list_products(_caller: Reader, session: Read, paging: Paging) -> Page[ProductView]:
    shown, following = await records.listed(session, Product, paging)
    return Page(items=[ProductView.model_validate(one) for one in shown], next=following)


@products.get("/{product_id}", responses=problems(NotFound))
async def get_product(product_id: UUID, _caller: Reader, session: Read, response: Response) -> ProductView:
    return _product_view(await records.get(session, Product, product_id), response)


@products.patch("/{product_id}", responses=CHANGES)
async def change_product(
    product_id: UUID,
    wanted: ProductChange,
    caller: Writer,
    expected: IfMatch,
    session: Write,
    response: Response,
) -> ProductView:
    product = await commands.change_product(session, product_id, wanted, caller.actor, expected)
    return _product_view(product, response)


@products.delete("/{product_id}", status_code=204, responses=CHANGES)
async def delete_product(product_id: UUID, caller: Writer, expected: IfMatch, session: Write) -> None:
    await commands.delete_product(session, product_id, caller.actor, expected)


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
    """A product was given to an animal: its reminders are in the ledger from now on."""
    return _given_view(
        await administrations.give(session, dose.practice, dose.animal, dose.new, caller.actor)
    )


def _rule_view(rule: ReminderRule, response: Response) -> RuleView:
    response.headers["ETag"] = etag(rule.version)
    return RuleView.of(rule)


def _product_view(product: Product, response: Response) -> ProductView:
    response.headers["ETag"] = etag(product.version)
    return ProductView.model_validate(product)


def _given_view(recorded: Given) -> AdministrationView:
    fields = recorded.administration.model_dump(include=set(AdministrationView.model_fields))
    reminders = [ReminderView.of(row) for row in recorded.reminders]
    return AdministrationView(**fields, without=recorded.without, reminders=reminders)
