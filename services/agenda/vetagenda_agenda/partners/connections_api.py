"""Invitations, connections, what a connected app reads, and likely duplicates (PART-2 .. PART-5)."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from sqlalchemy import Select
from sqlmodel import col

from vetagenda_agenda.appointments.queries import VISIBLE_WITHIN
from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.documents.files import DocumentFiles
from vetagenda_agenda.partners import connecting, duplicates, inviting, queries, rules, seen
from vetagenda_agenda.partners.schemas import (
    ConnectedAppointment,
    ConnectionView,
    DuplicateView,
    InvitationView,
    NewConnection,
    NewInvitation,
    Settlement,
)
from vetagenda_agenda.partners.tables import (
    LikelyDuplicate,
    PartnerConnection,
    PartnerInvitation,
)
from vetagenda_agenda.practices import queries as practices
from vetagenda_agenda.tables import Appointment
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Now, Read
from vetagenda_kit.models import Instant
from vetagenda_kit.pages import Page, Paging
from vetagenda_kit.problems import InvalidRequest, NotFound, PartnerNotActivated, problems
from vetagenda_kit.routing import Write, router
from vetagenda_kit.service import Service

_P = "/v1/practices/{practice_id}"
invitations = router(tags=["partners"], prefix=f"{_P}/invitations")
connections = router(tags=["partners"], prefix=f"{_P}/connections")
connected = router(tags=["partners"], prefix=f"{_P}/connected-appointments")
likely = router(tags=["partners"], prefix=f"{_P}/owner-duplicates")

StaffReader = Annotated[Caller, Depends(requires("agenda:read"))]
StaffWriter = Annotated[Caller, Depends(requires("agenda:write"))]
AppWriter = Annotated[Caller, Depends(requires("booking:write", apps=True))]
Reader = Annotated[Caller, Depends(requires("booking:read", "agenda:read", apps=True))]
_READING = (rules.PartnerKeyNeeded, PartnerNotActivated)
Ender = Annotated[Caller, Depends(requires("booking:write", "agenda:write", apps=True))]


def _partner_of(caller: Caller) -> UUID:
    if caller.actor.partner_id is None:
        raise rules.PartnerKeyNeeded("use a key that was made with the partner's id")
    return caller.actor.partner_id


async def _invitation_view(session: Read | Write, row: PartnerInvitation, request: Request) -> InvitationView:
    view = InvitationView.model_validate(row)
    if (await practices.practice(session, row.practice_id)).test:
        token = rules.token_of(row.id, request.app.state.service.ring)
        view = view.model_copy(update={"token": token})
    return view


@invitations.post(
    "",
    status_code=201,
    responses=problems(NotFound, InvalidRequest, rules.AlreadyConnected),
)
async def invite_owner(
    practice_id: UUID,
    wanted: NewInvitation,
    session: Write,
    caller: StaffWriter,
    now: Now,
    request: Request,
    response: Response,
) -> InvitationView:
    """Invite an owner to a partner's app by e-mail, for 14 days. A newer one takes an open one's place."""
    made = await inviting.invite(session, practice_id, wanted, Context(caller.actor, now))
    response.headers["Location"] = f"/v1/practices/{practice_id}/invitations/{made.id}"
    return await _invitation_view(session, made, request)


@invitations.get("")
async def list_invitations(
    practice_id: UUID,
    session: Read,
    paging: Paging,
    _caller: StaffReader,
    request: Request,
    owner_id: UUID | None = None,
) -> Page[InvitationView]:
    """Open, accepted and ended ones, the oldest first."""
    where = [col(PartnerInvitation.owner_id) == owner_id] if owner_id else []
    rows, following = await queries.page(session, PartnerInvitation, practice_id, paging, *where)
    return Page(items=[await _invitation_view(session, row, request) for row in rows], next=following)


@invitations.get("/{invitation_id}", responses=problems(NotFound))
async def get_invitation(
    practice_id: UUID, invitation_id: UUID, session: Read, _caller: StaffReader, request: Request
) -> InvitationView:
    """Whether it was accepted, withdrawn or is still open."""
    found = await queries.one(session, PartnerInvitation, practice_id, invitation_id, "invitation")
    return await _invitation_view(session, found, request)


@invitations.delete("/{invitation_id}", status_code=204, responses=problems(NotFound))
async def withdraw_invitation(
    practice_id: UUID, invitation_id: UUID, session: Write, caller: StaffWriter, now: Now
) -> None:
    """It connects nobody any more. What was accepted stays connected."""
    found = await queries.one(session, PartnerInvitation, practice_id, invitation_id, "invitation", lock=True)
    inviting.withdraw(session, found, Context(caller.actor, now))


@connections.post(
    "",
    status_code=201,
    responses=problems(
        NotFound,
        InvalidRequest,
        rules.PartnerKeyNeeded,
        PartnerNotActivated,
        rules.PrivacyTextOutdated,
        rules.EmailDiffers,
        rules.InvitationEnded,
        rules.AlreadyConnected,
    ),
)
async def connect_owner(
    practice_id: UUID,
    wanted: NewConnection,
    session: Write,
    caller: AppWriter,
    now: Now,
    files: DocumentFiles,
    request: Request,
    response: Response,
) -> ConnectionView:
    """Connect an owner who registered with the app: by invitation, or as a new owner of the practice.

    Show the owner the practice's privacy text first; it is kept in their record as they agreed to it. A new
    owner who may have a record already gets one of their own, and the practice is asked to look. After five
    wrong addresses an invitation is withdrawn.
    """
    service: Service = request.app.state.service
    partner_id, context = _partner_of(caller), Context(caller.actor, now)
    try:
        made = await connecting.connect(
            session, practice_id, partner_id, wanted, context, files=files, ring=service.ring
        )
    except rules.EmailDiffers:
        await session.rollback()
        async with service.db.writing([practice_id]) as own:
            await connecting.note_wrong_address(own, wanted.invitation_token or "", context, service.ring)
        raise
    await session.flush()
    response.headers["Location"] = f"/v1/practices/{practice_id}/connections/{made.id}"
    return (await queries.connection_views(session, [made]))[0]


@connections.get("", responses=problems(*_READING))
async def list_connections(
    practice_id: UUID, session: Read, paging: Paging, caller: Reader, owner_id: UUID | None = None
) -> Page[ConnectionView]:
    """A partner's key lists its own, the practice all of them, ended ones too."""
    where = [col(PartnerConnection.owner_id) == owner_id] if owner_id else []
    if not caller.may("agenda:read"):
        where.append(col(PartnerConnection.partner_id) == _partner_of(caller))
        await seen.activation(session, practice_id, _partner_of(caller))
    rows, following = await queries.page(session, PartnerConnection, practice_id, paging, *where)
    return Page(items=await queries.connection_views(session, rows), next=following)


@connections.get("/{connection_id}", responses=problems(NotFound, *_READING))
async def get_connection(
    practice_id: UUID, connection_id: UUID, session: Read, caller: Reader
) -> ConnectionView:
    """One connection, with the owner's animals while it lasts."""
    await seen.activation_of(session, practice_id, caller.actor)
    found = await _own(session, practice_id, connection_id, caller, scope="agenda:read")
    return (await queries.connection_views(session, [found]))[0]


@connections.delete("/{connection_id}", status_code=204, responses=problems(NotFound))
async def end_connection(
    practice_id: UUID, connection_id: UUID, session: Write, caller: Ender, now: Now
) -> None:
    """The app sees nothing of the owner from now on. The owner's record stays with the practice.

    What an owner takes back is taken back: an app does this also after its activation has ended.
    """
    found = await _own(session, practice_id, connection_id, caller, scope="agenda:write", lock=True)
    connecting.end(session, found, Context(caller.actor, now))


async def _own(
    session: Read | Write,
    practice_id: UUID,
    connection_id: UUID,
    caller: Caller,
    *,
    scope: str,
    lock: bool = False,
) -> PartnerConnection:
    if not caller.may(scope):
        _partner_of(caller)
    return await queries.one(
        session, PartnerConnection, practice_id, connection_id, "connection", lock=lock, of=caller.actor
    )


async def _shown(practice_id: UUID, session: Read, caller: Reader) -> Select[Appointment]:
    """To a partner's app what it sees, to staff what any of the practice's partners sees."""
    if caller.actor.partner_id is None and caller.may("agenda:read"):
        return seen.appointments(*await seen.activations(session, practice_id))
    return seen.appointments(await seen.activation(session, practice_id, _partner_of(caller)))


Shown = Annotated[Select[Appointment], Depends(_shown)]


@connected.get("", responses=problems(*_READING))
async def list_connected_appointments(
    session: Read,
    paging: Paging,
    query: Shown,
    start: Annotated[Instant | None, Query(alias="from")] = None,
    end: Annotated[Instant | None, Query(alias="to")] = None,
    owner_id: UUID | None = None,
    changed_since: Instant | None = None,
) -> Page[ConnectedAppointment]:
    """The published appointments of the owners who are connected to the app, by start; with `changed_since`
    by the time of their last change, cancelled ones included. Staff see what any partner sees."""
    if start:
        query = query.where(col(Appointment.end) > start)
    if end:
        query = query.where(col(Appointment.start) < end)
    if owner_id:
        query = query.where(col(Appointment.owner_id) == owner_id)
    if changed_since:
        query = query.where(col(Appointment.updated_at) >= changed_since - VISIBLE_WITHIN)
    return await queries.appointments_page(session, query, paging, by_change=changed_since is not None)


@connected.get("/{appointment_id}", responses=problems(NotFound, *_READING))
async def get_connected_appointment(
    appointment_id: UUID, session: Read, shown: Shown
) -> ConnectedAppointment:
    """404 also for one that is not published, or whose owner is not connected."""
    found = (await session.scalars(shown.where(col(Appointment.id) == appointment_id))).first()
    if found is None:
        raise NotFound("there is no such appointment")
    return queries.connected_appointment(found)


@likely.get("")
async def list_owner_duplicates(
    practice_id: UUID, session: Read, paging: Paging, _caller: StaffReader, settled: bool = False
) -> Page[DuplicateView]:
    """Pairs of records that may be one person, for somebody to decide; with `settled` those decided."""
    open_ones = col(LikelyDuplicate.settled_at).is_(None)
    where = ~open_ones if settled else open_ones
    rows, following = await queries.page(session, LikelyDuplicate, practice_id, paging, where)
    return Page(items=[queries.duplicate(row) for row in rows], next=following)


@likely.post("/{duplicate_id}/settle", responses=problems(NotFound, rules.DuplicateIsSettled))
async def settle_owner_duplicate(
    practice_id: UUID,
    duplicate_id: UUID,
    settlement: Settlement,
    session: Write,
    caller: StaffWriter,
    now: Now,
) -> DuplicateView:
    """Decide: `different` people, or the `same`, of whose two records one is left."""
    found = await queries.one(session, LikelyDuplicate, practice_id, duplicate_id, "pair", lock=True)
    context = Context(caller.actor, now)
    return queries.duplicate(await duplicates.settle(session, found, settlement.verdict, context))
