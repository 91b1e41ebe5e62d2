"""Sends what was ordered: at once, at most once, and again while the mail server takes nothing."""

from datetime import timedelta

from vetagenda_contracts.languages import language_of
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.logs import logger
from vetagenda_kit.outward_calls import Counts
from vetagenda_kit.problems import ServiceUnavailable
from vetagenda_kit.service import Service
from vetagenda_reminders.channels import email, sandbox
from vetagenda_reminders.channels.email import Letter, Outcome
from vetagenda_reminders.channels.html import Page, page
from vetagenda_reminders.channels.senders import sender_of
from vetagenda_reminders.facts import PracticeFacts
from vetagenda_reminders.ledger.vocabulary import Channel
from vetagenda_reminders.peers import agenda
from vetagenda_reminders.preferences.queries import chosen
from vetagenda_reminders.service_emails import commands
from vetagenda_reminders.service_emails.schemas import EmailOrder
from vetagenda_reminders.service_emails.tables import EmailStatus, ServiceEmail
from vetagenda_reminders.service_emails.wording import text_of, written

BATCH = 20
LONGEST_PAUSE = timedelta(minutes=30)
log = logger("service_emails")


async def send_due(service: Service) -> None:
    async with service.db.jobs_writing() as session:
        taken = await commands.claim(session, BATCH, service.settings.lease)
    for one in taken:
        await _send(service, one)


async def forget_old(service: Service) -> None:
    async with service.db.jobs_writing() as session:
        await commands.forget(session, system_now() - service.settings.texts_kept_for)


async def _send(service: Service, one: ServiceEmail) -> None:
    assert one.sealed is not None
    order = EmailOrder.model_validate_json(service.cipher.decrypt(one.sealed))
    try:
        practice = await agenda.about_practice(service, one.practice_id)
    except ServiceUnavailable:
        log.warning("agenda_away_emails_wait")
        await _keep(service, one, Outcome.NOT_ACCEPTED)
        return
    if sandbox.stays_here(service.settings, practice):
        await _end(service, one, EmailStatus.SANDBOX)
        _count(service, one, practice)
    elif not service.settings.smtp_host:
        log.warning("no_mail_server", kind=one.kind)
        await _end(service, one, EmailStatus.FAILED)
    else:
        outcome = await _hand_over(service, one, await _letter(service, one, order, practice))
        await _keep(service, one, outcome)
        if outcome is Outcome.SENT:
            _count(service, one, practice)


def _count(service: Service, one: ServiceEmail, practice: PracticeFacts) -> None:
    sent = Counts(messages=1)
    service.outward.note(one.practice_id, Channel.EMAIL.value, sent, practice.now or system_now())


async def _hand_over(service: Service, one: ServiceEmail, letter: Letter) -> Outcome:
    async with service.db.jobs_writing() as session:
        commands.begin(await _held(session, one))
    meter = service.outward.of(one.practice_id, Channel.EMAIL.value)
    return await email.send(service.settings, letter, meter)


async def _keep(service: Service, one: ServiceEmail, outcome: Outcome) -> None:
    if outcome is Outcome.NOT_ACCEPTED:
        async with service.db.jobs_writing() as session:
            held = await _held(session, one)
            pause = min(service.settings.retry_after * 2**held.attempts, LONGEST_PAUSE)
            commands.put_back(held, system_now() + pause)
        return
    await _end(service, one, EmailStatus.SENT if outcome is Outcome.SENT else EmailStatus.FAILED)


async def _end(service: Service, one: ServiceEmail, status: EmailStatus) -> None:
    async with service.db.jobs_writing() as session:
        commands.end(await _held(session, one), status)


async def _held(session: WriteSession, one: ServiceEmail) -> ServiceEmail:
    return await session.get_one(ServiceEmail, one.id, with_for_update=True)


async def _letter(service: Service, one: ServiceEmail, order: EmailOrder, practice: PracticeFacts) -> Letter:
    async with service.db.jobs_reading() as session:
        choices, _version = await chosen(session, one.practice_id)
    sender = sender_of(practice, choices, service.settings.sender_email)
    language = language_of(order.locale or practice.locale)
    text = text_of(order.kind, language)
    subject, body = written(text, {**order.values, "practice": practice.name}, language)
    links = (order.values["link"],) if "link" in order.values else ()
    return Letter(
        one.id,
        practice.name,
        sender.address,
        order.to,
        subject,
        body,
        system_now(),
        html=page(Page(language, subject, body, practice, links, text.label)),
        replies_to=sender.replies_to,
    )
