"""Partners, what a practice lets them see, and its privacy text."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.partners import queries
from vetagenda_agenda.partners.rules import PartnerActive, TermsOutdated
from vetagenda_agenda.partners.schemas import ActivationPatch, NewActivation, NewPartner, PartnerPatch
from vetagenda_agenda.partners.tables import Partner, PartnerActivation, PrivacyText
from vetagenda_agenda.records import resource as records
from vetagenda_agenda.records.appointment_types import APPOINTMENT_TYPES
from vetagenda_agenda.records.calendars import CALENDARS
from vetagenda_contracts.agenda import RecordEvent
from vetagenda_contracts.events import Actor
from vetagenda_contracts.partners import (
    ActivationAccepted,
    ActivationEnded,
    ActivationUpdated,
    PrivacyTextUpdated,
)
from vetagenda_kit import outbox
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7

_TOLD = {"partner_id", "terms_version", "calendar_ids", "appointment_type_ids"}


def named(actor: Actor) -> str:
    return f"{actor.kind}:{actor.id}"


async def register(session: WriteSession, wanted: NewPartner) -> Partner:
    made = Partner(id=uuid7(), created_at=system_now(), **wanted.model_dump())
    session.add(made)
    return made


async def change_partner(session: WriteSession, partner: Partner, patch: PartnerPatch) -> None:
    """New terms hold for who activates from now on; who accepted the former ones has accepted those."""
    for name, value in patch.changes().items():
        setattr(partner, name, value)
    partner.version += 1


async def activate(
    session: WriteSession, practice_id: UUID, wanted: NewActivation, context: Context
) -> PartnerActivation:
    """Raises NotFound, TermsOutdated, PartnerActive."""
    partner = await queries.partner(session, wanted.partner_id, at="/partner_id")
    if wanted.terms_version != partner.terms_version:
        raise TermsOutdated(
            f"/terms_version: the present terms are {partner.terms_version}",
            terms_version=partner.terms_version,
            terms_url=partner.terms_url,
        )
    open_one = await queries.open_activation(session, practice_id, partner.id, lock=True)
    if open_one is not None:
        raise PartnerActive("change or end it instead", activation_id=str(open_one.id))
    await _check_chosen(session, practice_id, wanted.model_dump())
    made = PartnerActivation(
        id=uuid7(),
        practice_id=practice_id,
        accepted_through=named(context.actor),
        accepted_at=context.now,
        **wanted.model_dump(),
    )
    session.add(made)
    _tell(session, ActivationAccepted, made, context.actor, before=None)
    return made


async def _check_chosen(session: WriteSession, practice_id: UUID, chosen: dict[str, Any]) -> None:
    """Raises NotFound, which names the place in the list."""
    for at, each in enumerate(chosen.get("calendar_ids") or ()):
        await records.find(session, CALENDARS, practice_id, each, at=f"/calendar_ids/{at}")
    for at, each in enumerate(chosen.get("appointment_type_ids") or ()):
        await records.find(session, APPOINTMENT_TYPES, practice_id, each, at=f"/appointment_type_ids/{at}")


async def choose(
    session: WriteSession, activation: PartnerActivation, patch: ActivationPatch, actor: Actor
) -> None:
    """What the partner sees from now on."""
    changes = patch.changes()
    await _check_chosen(session, activation.practice_id, changes)
    before = _facts(activation)
    for name, value in changes.items():
        setattr(activation, name, value)
    activation.version += 1
    _tell(session, ActivationUpdated, activation, actor, before)


async def deactivate(session: WriteSession, activation: PartnerActivation, context: Context) -> None:
    """At once. Connections stay for the day on which the practice activates the partner again."""
    if activation.ended_at is None:
        before = _facts(activation)
        activation.ended_at, activation.ended_by = context.now, named(context.actor)
        activation.version += 1
        _tell(session, ActivationEnded, activation, context.actor, before)


def _facts(row: PartnerActivation) -> dict[str, Any]:
    return row.model_dump(mode="json", include=_TOLD)


def _tell(
    session: WriteSession,
    kind: type[RecordEvent],
    row: PartnerActivation,
    actor: Actor,
    before: dict[str, Any] | None,
) -> None:
    event = kind(
        practice_id=row.practice_id,
        actor=actor,
        aggregate_id=row.id,
        version=row.version,
        before=before,
        after=_facts(row),
    )
    outbox.add(session, event)


async def put_privacy_text(
    session: WriteSession, practice_id: UUID, content: str, context: Context
) -> PrivacyText:
    """The same text again changes nothing: who agreed to it has agreed."""
    present = await queries.privacy_text(session, practice_id)
    if present is not None and present.content == content:
        return present
    newest = select(func.coalesce(func.max(col(PrivacyText.number)), 0))
    number = (await session.scalar(newest.where(col(PrivacyText.practice_id) == practice_id)) or 0) + 1
    made = PrivacyText(
        id=uuid7(),
        practice_id=practice_id,
        number=number,
        content=content,
        put_at=context.now,
        put_by=named(context.actor),
    )
    session.add(made)
    event = PrivacyTextUpdated(
        practice_id=practice_id, actor=context.actor, aggregate_id=practice_id, version=number, number=number
    )
    outbox.add(session, event)
    return made
