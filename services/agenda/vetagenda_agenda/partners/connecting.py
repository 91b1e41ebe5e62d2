"""Connecting an owner to a partner's app (PART-2, PART-3): by invitation, or as a new owner."""

from uuid import UUID

from sqlalchemy import func, select

from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.documents import commands as documents
from vetagenda_agenda.documents.commands import Upload
from vetagenda_agenda.documents.files import Files
from vetagenda_agenda.partners import duplicates, queries, rules, seen
from vetagenda_agenda.partners.commands import named
from vetagenda_agenda.partners.inviting import is_for, withdraw
from vetagenda_agenda.partners.schemas import NewConnection
from vetagenda_agenda.partners.tables import (
    Partner,
    PartnerConnection,
    PartnerInvitation,
    PrivacyText,
)
from vetagenda_agenda.records import resource as records
from vetagenda_agenda.records.owners import OWNERS, NewOwner
from vetagenda_agenda.tables import Owner
from vetagenda_contracts.partners import ConnectionEnded, ConnectionMade
from vetagenda_kit import outbox
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_kit.keys import KeyRing
from vetagenda_kit.problems import NotFound


async def connect(
    session: WriteSession,
    practice_id: UUID,
    partner_id: UUID,
    wanted: NewConnection,
    context: Context,
    *,
    files: Files,
    ring: KeyRing,
) -> PartnerConnection:
    """All of it or nothing: the owner's record where they are new, the text agreed to as a document of
    theirs, and the connection.

    Raises PartnerNotActivated, NotFound, InvitationEnded, EmailDiffers, AlreadyConnected, InvalidRequest and
    PrivacyTextOutdated.
    """
    partner = await queries.partner(session, partner_id)
    await seen.activation(session, practice_id, partner_id)
    text = await _agreed_text(session, practice_id, wanted.privacy_text_number)
    invitation = None
    if wanted.owner is not None:
        owner = await _new_owner(session, practice_id, wanted.owner, context)
    else:
        invitation = await _invitation(session, practice_id, partner_id, wanted, ring)
        owner = await _invited(session, invitation, wanted, context)
    await _check_unconnected(session, partner_id, owner)
    made = PartnerConnection(
        id=uuid7(),
        practice_id=practice_id,
        partner_id=partner_id,
        owner_id=owner.id,
        invitation_id=invitation.id if invitation else None,
        privacy_text_number=text.number if text else None,
        connected_at=context.now,
    )
    if text is not None:
        made.document_id = await _keep_text(session, text, owner, partner, context, files)
    session.add(made)
    _tell(session, ConnectionMade, made, context)
    return made


async def _agreed_text(session: WriteSession, practice_id: UUID, number: int | None) -> PrivacyText | None:
    text = await queries.privacy_text(session, practice_id)
    present = text.number if text else None
    if number != present:
        detail = "the practice has no privacy text" if text is None else f"show text {present} first"
        raise rules.PrivacyTextOutdated(f"/privacy_text_number: {detail}", number=present)
    return text


async def _invitation(
    session: WriteSession,
    practice_id: UUID,
    partner_id: UUID,
    wanted: NewConnection,
    ring: KeyRing,
) -> PartnerInvitation:
    assert wanted.invitation_token is not None
    found = await session.get(PartnerInvitation, rules.invitation_of(wanted.invitation_token, ring))
    if found is None or found.practice_id != practice_id or found.partner_id != partner_id:
        raise NotFound("/invitation_token: there is no such invitation")
    return found


async def _invited(
    session: WriteSession, invitation: PartnerInvitation, wanted: NewConnection, context: Context
) -> Owner:
    """The invitation is used up by this. Locked owner first, as an erasure does it: of two at once one
    connects, and nobody connects who is just being erased."""
    owner = await session.get_one(Owner, invitation.owner_id, with_for_update=records.ALONE)
    await session.refresh(invitation, with_for_update=True)
    if invitation.accepted_at or invitation.expires_at <= context.now or not is_for(invitation, owner):
        raise rules.InvitationEnded("ask the practice for a new one")
    assert wanted.email is not None
    if rules.email_digest(invitation.id, wanted.email) != invitation.email_digest:
        raise rules.EmailDiffers("/email: register with the address that the invitation was sent to")
    invitation.accepted_at = context.now
    invitation.version += 1
    return owner


async def _new_owner(session: WriteSession, practice_id: UUID, owner: NewOwner, context: Context) -> Owner:
    """A record of their own, also when they may have one: somebody of the practice is asked to look."""
    rules.check_complete(owner.model_dump())
    await _one_at_a_time(session, practice_id, owner)
    made = await records.create(session, OWNERS, practice_id, owner, context.actor)
    if made.phone_e164 is None:
        raise rules.no_number()
    await duplicates.flag(session, made, context)
    return made


async def _one_at_a_time(session: WriteSession, practice_id: UUID, owner: NewOwner) -> None:
    """Two requests for one person see each other's record, and the second flags it."""
    lock = func.pg_advisory_xact_lock(
        func.hashtextextended(f"{practice_id} {owner.family_name.casefold()}", 0)
    )
    await session.execute(select(lock))


async def _check_unconnected(session: WriteSession, partner_id: UUID, owner: Owner) -> None:
    connected = await queries.open_connection(session, owner.practice_id, partner_id, owner.id)
    if connected is not None:
        raise rules.AlreadyConnected("nothing has changed", connection_id=str(connected.id))


async def _keep_text(
    session: WriteSession, text: PrivacyText, owner: Owner, partner: Partner, context: Context, files: Files
) -> UUID:
    """The very text, with when and by which app it was agreed to, in the owner's record (PART-3)."""
    said = f"Agreed to on {context.now.isoformat()} through {partner.name}. Text {text.number}:\n\n"
    name = f"privacy-{context.now.date().isoformat()}-{text.number}.txt"
    upload = Upload(name, "text/plain", (said + text.content).encode(), owner.id, None)
    return (await documents.upload(session, owner.practice_id, upload, files, context)).id


async def note_wrong_address(session: WriteSession, token: str, context: Context, ring: KeyRing) -> None:
    """In a transaction of its own: the one that was refused is undone."""
    invitation_id = rules.invitation_of(token, ring)
    invitation = await session.get_one(PartnerInvitation, invitation_id, with_for_update=True)
    invitation.wrong_addresses += 1
    if invitation.wrong_addresses >= rules.MOST_WRONG_ADDRESSES:
        withdraw(session, invitation, context)


def end(session: WriteSession, connection: PartnerConnection, context: Context) -> None:
    """The app sees nothing of the owner any more. What has ended stays as it ended."""
    if connection.ended_at is None:
        connection.ended_at, connection.ended_by = context.now, named(context.actor)
        connection.version += 1
        _tell(session, ConnectionEnded, connection, context)


def _tell(
    session: WriteSession,
    kind: type[ConnectionMade | ConnectionEnded],
    row: PartnerConnection,
    context: Context,
) -> None:
    event = kind(
        practice_id=row.practice_id,
        actor=context.actor,
        aggregate_id=row.id,
        version=row.version,
        partner_id=row.partner_id,
        owner_id=row.owner_id,
        invitation_id=row.invitation_id,
    )
    outbox.add(session, event)
