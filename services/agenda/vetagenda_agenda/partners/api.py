"""Partners, their activation by a practice and its privacy text (PART-1, PART-3)."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.partners import commands, queries, seen
from vetagenda_agenda.partners.rules import PartnerActive, TermsOutdated
from vetagenda_agenda.partners.schemas import (
    ActivationPatch,
    ActivationView,
    NewActivation,
    NewPartner,
    PartnerPatch,
    PartnerView,
    PrivacyTextIn,
    PrivacyTextView,
)
from vetagenda_agenda.partners.tables import PartnerActivation
from vetagenda_kit.caller import Caller, ServiceCaller, requires
from vetagenda_kit.db import Now, Read
from vetagenda_kit.etags import IfMatch, check_version, etag
from vetagenda_kit.pages import Page, Paging
from vetagenda_kit.problems import NotFound, PartnerNotActivated, StaleVersion, VersionRequired, problems
from vetagenda_kit.routing import Write, router

organisations = router(tags=["partners"], prefix="/v1/partners")
activations = router(tags=["partners"], prefix="/v1/practices/{practice_id}/partner-activations")
privacy_text = router(tags=["partners"], prefix="/v1/practices/{practice_id}/privacy-text")
internal = router(tags=["internal"], prefix="/internal/partners")
internal.include_in_schema = False
let_in = router(tags=["internal"], prefix="/internal/practices/{practice_id}/partner-activation")
let_in.include_in_schema = False

Operator = Annotated[Caller, Depends(requires("admin"))]
Anybody = Annotated[Caller, Depends(requires("practice:read", "booking:read", apps=True))]
Staff = Annotated[Caller, Depends(requires("practice:read", "booking:read"))]
Reader = Annotated[Caller, Depends(requires("practice:read"))]
Writer = Annotated[Caller, Depends(requires("practice:write"))]


async def _context(caller: Writer, now: Now) -> Context:
    return Context(caller.actor, now)


Acting = Annotated[Context, Depends(_context)]


@organisations.post("", status_code=201)
async def register_partner(
    wanted: NewPartner, session: Write, _caller: Operator, response: Response
) -> PartnerView:
    """Register an organisation. Needs an operator's key; its own keys are made with its `partner_id`."""
    made = await commands.register(session, wanted)
    response.headers["Location"] = f"/v1/partners/{made.id}"
    response.headers["ETag"] = etag(made.version)
    return PartnerView.model_validate(made)


@organisations.get("")
async def list_partners(session: Read, paging: Paging, _caller: Staff) -> Page[PartnerView]:
    """The organisations that a practice can activate, with their present terms."""
    rows, following = await queries.partners(session, paging)
    return Page(items=[PartnerView.model_validate(row) for row in rows], next=following)


@organisations.get("/{partner_id}", responses=problems(NotFound))
async def get_partner(partner_id: UUID, session: Read, caller: Anybody, response: Response) -> PartnerView:
    """One organisation, with the `ETag` that a change of it needs. An app sees its own."""
    found = await queries.partner(session, partner_id, of=caller.actor)
    response.headers["ETag"] = etag(found.version)
    return PartnerView.model_validate(found)


@organisations.patch("/{partner_id}", responses=problems(NotFound, StaleVersion, VersionRequired))
async def update_partner(
    partner_id: UUID,
    patch: PartnerPatch,
    expected: IfMatch,
    session: Write,
    _caller: Operator,
    response: Response,
) -> PartnerView:
    """Change what is sent; the rest stays. New terms are for who activates from now on."""
    found = await queries.partner(session, partner_id, lock=True)
    check_version(expected, found.version)
    await commands.change_partner(session, found, patch)
    response.headers["ETag"] = etag(found.version)
    return PartnerView.model_validate(found)


@internal.get("/{partner_id}")
async def partner_facts(partner_id: UUID, request: Request, _caller: ServiceCaller) -> PartnerView:
    """For the gateway, whose keys name a partner."""
    async with request.app.state.service.db.jobs_reading() as session:
        return PartnerView.model_validate(await queries.partner(session, partner_id))


@let_in.get("", status_code=204)
async def check_partner(practice_id: UUID, session: Read, caller: ServiceCaller) -> None:
    """Whether the practice lets in the partner for whom another service asks. Raises PartnerNotActivated."""
    await seen.activation_of(session, practice_id, caller.actor)


def _activation(response: Response, row: PartnerActivation) -> ActivationView:
    response.headers["ETag"] = etag(row.version)
    return ActivationView.model_validate(row)


async def _locked(
    practice_id: UUID, activation_id: UUID, session: Write, _caller: Writer
) -> PartnerActivation:
    return await queries.one(session, PartnerActivation, practice_id, activation_id, "activation", lock=True)


Locked = Annotated[PartnerActivation, Depends(_locked)]


@activations.post("", status_code=201, responses=problems(NotFound, TermsOutdated, PartnerActive))
async def activate_partner(
    practice_id: UUID, wanted: NewActivation, session: Write, acting: Acting, response: Response
) -> ActivationView:
    """Accept a partner's terms and let its app or its agents in."""
    made = await commands.activate(session, practice_id, wanted, acting)
    response.headers["Location"] = f"/v1/practices/{practice_id}/partner-activations/{made.id}"
    return _activation(response, made)


@activations.get("")
async def list_partner_activations(
    practice_id: UUID, session: Read, paging: Paging, _caller: Reader
) -> Page[ActivationView]:
    """Present and ended ones: who accepted which terms and when."""
    rows, following = await queries.page(session, PartnerActivation, practice_id, paging)
    return Page(items=[ActivationView.model_validate(row) for row in rows], next=following)


@activations.get("/{activation_id}", responses=problems(NotFound))
async def get_partner_activation(
    practice_id: UUID, activation_id: UUID, session: Read, _caller: Reader, response: Response
) -> ActivationView:
    """One activation, with the `ETag` that a change of it needs."""
    return _activation(
        response, await queries.one(session, PartnerActivation, practice_id, activation_id, "activation")
    )


@activations.patch("/{activation_id}", responses=problems(NotFound, StaleVersion, VersionRequired))
async def update_partner_activation(
    patch: ActivationPatch,
    expected: IfMatch,
    activation: Locked,
    session: Write,
    acting: Acting,
    response: Response,
) -> ActivationView:
    """Choose anew which calendars and types the partner sees."""
    check_version(expected, activation.version)
    await commands.choose(session, activation, patch, acting.actor)
    return _activation(response, activation)


@activations.delete(
    "/{activation_id}", status_code=204, responses=problems(NotFound, StaleVersion, VersionRequired)
)
async def end_partner_activation(
    expected: IfMatch, activation: Locked, session: Write, acting: Acting
) -> None:
    """The partner sees nothing of the practice from now on. Who had accepted what stays listed."""
    check_version(expected, activation.version)
    await commands.deactivate(session, activation, acting)


@privacy_text.get("", responses=problems(NotFound, PartnerNotActivated))
async def get_privacy_text(practice_id: UUID, session: Read, caller: Anybody) -> PrivacyTextView:
    """What an app shows to an owner before they connect. 404 while the practice has none."""
    await seen.activation_of(session, practice_id, caller.actor)
    found = await queries.privacy_text(session, practice_id)
    if found is None:
        raise NotFound("the practice has no privacy text")
    return PrivacyTextView.model_validate(found)


@privacy_text.put("")
async def put_privacy_text(
    practice_id: UUID, wanted: PrivacyTextIn, session: Write, acting: Acting
) -> PrivacyTextView:
    """A new wording gets the next number; who agreed to a former one keeps that in their record."""
    made = await commands.put_privacy_text(session, practice_id, wanted.content, acting)
    return PrivacyTextView.model_validate(made)
