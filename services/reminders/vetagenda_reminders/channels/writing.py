"""Writes the e-mail of a ledger row: its text, and around it what only this channel can carry."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from vetagenda_contracts.languages import language_of
from vetagenda_kit.service import Service
from vetagenda_reminders.channels.bounces.rules import bounces_to
from vetagenda_reminders.channels.email import Letter
from vetagenda_reminders.channels.html import Page, page
from vetagenda_reminders.channels.invitation import Invitation, Organizer, invitation
from vetagenda_reminders.channels.senders import Sender
from vetagenda_reminders.channels.unsubscribing.rules import unsubscribe_url
from vetagenda_reminders.ledger.vocabulary import TO_STAFF, Channel, is_recall
from vetagenda_reminders.peers.agenda import Known
from vetagenda_reminders.sending.wording import facts_of
from vetagenda_reminders.tables import Reminder


@dataclass(frozen=True, slots=True)
class Occasion:
    """What the messages of one batch have in common: `links` are the owners' by appointment."""

    known: Known
    links: Mapping[UUID, str]
    sender: Sender
    now: datetime


def letter_of(
    service: Service, row: Reminder, occasion: Occasion, told_with: Sequence[Reminder] = ()
) -> Letter:
    """`told_with` are the rows of other visits that it tells of too."""
    assert row.recipient
    subject, body, rows = row.subject or "", row.body or "", (row, *told_with)
    return Letter(
        row.id,
        occasion.known.practice.name,
        occasion.sender.address,
        row.recipient,
        subject,
        body,
        occasion.now,
        html=None if row.channel is Channel.FAX else page(_page(rows, subject, body, occasion)),
        invitations=_invitations(rows, row.recipient, occasion),
        replies_to=occasion.sender.replies_to,
        bounces_to=bounces_to(row.id, service.settings.bounce_domain),
        unsubscribe=_unsubscribe(service, row),
    )


def _page(rows: Sequence[Reminder], subject: str, body: str, occasion: Occasion) -> Page:
    row = rows[0]
    practice, owner = occasion.known.practice, facts_of(row, occasion.known).owner
    language = language_of((owner.locale if owner else None) or practice.locale)
    about = [each.appointment_id for each in rows if each.purpose not in TO_STAFF]
    links = tuple(occasion.links[each] for each in about if each and each in occasion.links)
    return Page(language, subject, body, practice, links)


def _invitations(rows: Iterable[Reminder], recipient: str, occasion: Occasion) -> tuple[Invitation, ...]:
    """In the order of the visits."""
    ordered = sorted(rows, key=lambda row: (row.about_start or row.due_at, row.id))
    found = (_invitation(row, recipient, occasion) for row in ordered)
    return tuple(one for one in found if one)


def _invitation(row: Reminder, recipient: str, occasion: Occasion) -> Invitation | None:
    appointment = facts_of(row, occasion.known).appointment
    if appointment is None or row.channel is not Channel.EMAIL:
        return None
    practice, organizer = occasion.known.practice, _organizer(occasion.sender)
    return invitation(row.purpose, appointment, practice, organizer, recipient, occasion.now)


def _organizer(sender: Sender) -> Organizer:
    """Who is answered, and on whose behalf the platform may write (RFC 5545, 3.2.18)."""
    return Organizer(sender.answered_at, sender.address if sender.replies_to else None)


def _unsubscribe(service: Service, row: Reminder) -> str | None:
    if row.owner_id is None or not is_recall(row.purpose, row.rule):
        return None
    return unsubscribe_url(row.practice_id, row.owner_id, service.settings.public_url, service.ring)
