"""Inviting an owner to a partner's app (PART-2). The e-mail is ordered by a job, beside the event."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.partners import queries, rules
from vetagenda_agenda.partners.commands import named
from vetagenda_agenda.partners.schemas import NewInvitation
from vetagenda_agenda.partners.tables import Partner, PartnerInvitation
from vetagenda_agenda.records import resource as records
from vetagenda_agenda.records.owners import OWNERS
from vetagenda_agenda.tables import Owner, Practice
from vetagenda_contracts.partners import InvitationIssued, InvitationWithdrawn
from vetagenda_kit import outbox
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.email_addresses import usable
from vetagenda_kit.ids import uuid7
from vetagenda_kit.problems import InvalidRequest, ServiceUnavailable
from vetagenda_kit.service import Service

BATCH = 50


async def invite(
    session: WriteSession, practice_id: UUID, wanted: NewInvitation, context: Context
) -> PartnerInvitation:
    """A newer invitation takes the place of an open one, also of one made at the same time. Raises NotFound,
    AlreadyConnected, and InvalidRequest for a partner that is not activated or takes none, or an owner
    without an address."""
    partner = await queries.partner(session, wanted.partner_id, at="/partner_id")
    if partner.invitation_url is None:
        raise InvalidRequest.at("/partner_id", "the partner takes no invitations")
    if await queries.open_activation(session, practice_id, partner.id) is None:
        raise InvalidRequest.at("/partner_id", "the practice has not activated this partner")
    owner = await records.find(
        session, OWNERS, practice_id, wanted.owner_id, at="/owner_id", lock=records.ALONE
    )
    if not owner.email or not usable(owner.email):
        raise InvalidRequest.at("/owner_id", "the owner has no e-mail address to write to")
    await _check_unconnected(session, practice_id, partner.id, owner.id)
    for former in await queries.open_invitations(session, partner.id, owner.id):
        withdraw(session, former, context)
    made = _issued(practice_id, partner, owner, owner.email, context)
    session.add(made)
    _tell(session, InvitationIssued, made, context)
    return made


async def _check_unconnected(
    session: WriteSession, practice_id: UUID, partner_id: UUID, owner_id: UUID
) -> None:
    connected = await queries.open_connection(session, practice_id, partner_id, owner_id)
    if connected is not None:
        raise rules.AlreadyConnected("nobody needs to be invited", connection_id=str(connected.id))


def _issued(
    practice_id: UUID, partner: Partner, owner: Owner, email: str, context: Context
) -> PartnerInvitation:
    invitation_id = uuid7()
    return PartnerInvitation(
        id=invitation_id,
        practice_id=practice_id,
        partner_id=partner.id,
        owner_id=owner.id,
        email_digest=rules.email_digest(invitation_id, email),
        issued_by=named(context.actor),
        issued_at=context.now,
        expires_at=context.now + timedelta(days=rules.INVITATION_DAYS),
    )


def withdraw(session: WriteSession, invitation: PartnerInvitation, context: Context) -> None:
    """It opens nothing any more. What has ended stays as it ended."""
    if invitation.accepted_at is None and invitation.withdrawn_at is None:
        invitation.withdrawn_at = context.now
        invitation.version += 1
        _tell(session, InvitationWithdrawn, invitation, context)


def _tell(
    session: WriteSession,
    kind: type[InvitationIssued | InvitationWithdrawn],
    row: PartnerInvitation,
    context: Context,
) -> None:
    event = kind(
        practice_id=row.practice_id,
        actor=context.actor,
        aggregate_id=row.id,
        version=row.version,
        partner_id=row.partner_id,
        owner_id=row.owner_id,
    )
    outbox.add(session, event)


async def order_emails(service: Service) -> None:
    """Hands each invitation to reminders, under its own id: however often it is said, one e-mail leaves."""
    async with service.db.jobs_reading() as session:
        query = select(PartnerInvitation).where(col(PartnerInvitation.ordered_at).is_(None))
        waiting = (await session.scalars(query.order_by(col(PartnerInvitation.id)).limit(BATCH))).all()
    for invitation in waiting:
        try:
            await _order(service, invitation)
        except ServiceUnavailable:
            return  # reminders is away: the next run begins with the same one


async def _order(service: Service, invitation: PartnerInvitation) -> None:
    async with service.db.jobs_reading() as session:
        owner = await session.get_one(Owner, invitation.owner_id)
        partner = await session.get_one(Partner, invitation.partner_id)
        practice = await session.get_one(Practice, invitation.practice_id)
    if is_for(invitation, owner):
        await service.peers.call(
            "reminders",
            "PUT",
            f"/internal/emails/{invitation.id}",
            actor=service.actor,
            practices=[invitation.practice_id],
            json=_email(service, invitation, owner, partner, practice),
        )
    async with service.db.jobs_writing() as session:
        held = await session.get_one(PartnerInvitation, invitation.id, with_for_update=True)
        held.ordered_at = system_now()


def is_for(invitation: PartnerInvitation, owner: Owner) -> bool:
    """Not for who is gone, nor for another address than the owner has now: the former one may be a
    stranger's."""
    if invitation.withdrawn_at is not None or owner.deleted_at is not None or not owner.email:
        return False
    return rules.email_digest(invitation.id, owner.email) == invitation.email_digest


def _email(
    service: Service, invitation: PartnerInvitation, owner: Owner, partner: Partner, practice: Practice
) -> dict[str, object]:
    token = rules.token_of(invitation.id, service.ring)
    values = {
        "name": f"{owner.given_name} {owner.family_name}".strip(),
        "partner": partner.name,
        "link": (partner.invitation_url or "").replace("{token}", token),
        "until": rules.day_written(invitation.expires_at, practice.time_zone),
    }
    return {
        "practice_id": str(invitation.practice_id),
        "kind": "partner-invitation",
        "locale": owner.locale or practice.locale,
        "to": owner.email,
        "values": values,
        "useful_until": (system_now() + timedelta(days=rules.INVITATION_DAYS)).isoformat(),
    }
