"""The reminders service."""

from collections.abc import Mapping
from datetime import timedelta

import httpx
from fastapi import FastAPI
from sqlmodel import col

from vetagenda_kit.backlogs import Backlog
from vetagenda_kit.jobs import Job
from vetagenda_kit.service import Service, create_app
from vetagenda_reminders.appointments import api as messages
from vetagenda_reminders.appointments import jobs as planning
from vetagenda_reminders.care import api as care
from vetagenda_reminders.channels.bounces.jobs import read_bounces
from vetagenda_reminders.channels.senders import warn_of_a_local_sender
from vetagenda_reminders.channels.unsubscribing import api as unsubscribing
from vetagenda_reminders.consumers import consumers
from vetagenda_reminders.desk import jobs as desk
from vetagenda_reminders.editing import api as editing
from vetagenda_reminders.erasures import api as erasures
from vetagenda_reminders.hold import api as hold
from vetagenda_reminders.ladder import jobs as ladder
from vetagenda_reminders.ladder.answers import jobs as answers
from vetagenda_reminders.ledger import api as ledger
from vetagenda_reminders.ledger import lateness
from vetagenda_reminders.ledger import queries as ledger_queries
from vetagenda_reminders.letters import api as letters
from vetagenda_reminders.offers import jobs as offers
from vetagenda_reminders.personal import api as personal
from vetagenda_reminders.phone_tasks import api as phone_tasks
from vetagenda_reminders.played import api as played
from vetagenda_reminders.preferences import api as preferences
from vetagenda_reminders.products import api as products
from vetagenda_reminders.products.commands import ACTS, PRODUCTS, RULES
from vetagenda_reminders.recalls import api as recalls
from vetagenda_reminders.reconciling import api as reconciling
from vetagenda_reminders.reconciling.jobs import reconcile_nightly
from vetagenda_reminders.records.api import routes
from vetagenda_reminders.retention.jobs import forget_own_words, retention
from vetagenda_reminders.sending import abandoned, withdrawing
from vetagenda_reminders.sending import jobs as sending
from vetagenda_reminders.service_emails import api as service_emails
from vetagenda_reminders.service_emails import sending as service_emails_sending
from vetagenda_reminders.settings import Settings
from vetagenda_reminders.subject_access import api as subject_access
from vetagenda_reminders.tables import Reminder
from vetagenda_reminders.templates.commands import TEMPLATES
from vetagenda_reminders.templates.previews import api as previews
from vetagenda_reminders.virtual_time import VIRTUAL_TIME
from vetagenda_reminders.visits import api as visits
from vetagenda_reminders.visits import jobs as visit_lines
from vetagenda_reminders.web_push import api as web_push
from vetagenda_reminders.web_push import jobs as pushes


def create(
    settings: Settings, *, transports: Mapping[str, httpx.AsyncBaseTransport] | None = None
) -> FastAPI:
    kept = retention()
    return create_app(
        "reminders",
        settings,
        backlogs=[
            Backlog(
                "reminders_due_oldest_seconds",
                "For how long the longest waiting message of live practices has been due",
                lambda now: ledger_queries.due_live(now).with_only_columns(col(Reminder.due_at)).limit(1),
            )
        ],
        title="Reminders",
        routers=[
            preferences.public,
            routes(TEMPLATES),
            previews.public,
            routes(RULES),
            routes(PRODUCTS),
            routes(ACTS),
            products.given,
            visits.public,
            recalls.public,
            personal.public,
            ledger.public,
            editing.public,
            letters.public,
            phone_tasks.public,
            messages.public,
            care.public,
            web_push.public,
            unsubscribing.api,
            reconciling.api,
            hold.public,
            service_emails.internal,
            played.internal,
            erasures.api,
            subject_access,
        ],
        consumers=[consumers],
        jobs=[
            Job("plan", timedelta(seconds=0.5), plan),
            Job("send", timedelta(seconds=1), sending.send_due),
            Job("climb", timedelta(seconds=2), ladder.climb),
            Job("answers", timedelta(seconds=1), answers.confirm),
            Job("call-back", timedelta(seconds=1), withdrawing.call_back_marked),
            Job("resolve", timedelta(seconds=10), abandoned.finish_abandoned),
            Job("lateness", timedelta(minutes=1), lateness.give_up_late),
            Job("web-push", timedelta(seconds=1), pushes.deliver_due),
            Job("service-emails", timedelta(seconds=1), service_emails_sending.send_due),
            Job("bounces", timedelta(seconds=30), read_bounces),
            Job("reconcile", timedelta(minutes=10), reconcile_nightly),
            Job("forget", timedelta(hours=1), sending.forget_texts),
            Job("forget-emails", timedelta(hours=1), service_emails_sending.forget_old),
            Job("forget-own-words", timedelta(hours=1), forget_own_words),
            kept.job,
            Job("forget-pushes", timedelta(hours=1), pushes.forget_deliveries),
        ],
        virtual_time=kept.with_time(VIRTUAL_TIME),
        transports=transports,
        on_start=[pushes.make_key, warn_of_a_local_sender],
        calls_outside=True,
    )


async def plan(service: Service) -> None:
    """Plans what has changed. A test practice's clock stands still, so what is due at once (a
    confirmation) leaves here; for live practices the next look of `send` is soon enough."""
    changed = await planning.plan_changed(service) | await offers.plan_changed(service)
    changed |= await desk.plan_changed(service)
    for practice_id in changed | await visit_lines.mend_changed(service):
        now = await service.clock.virtual(practice_id)
        if now is not None:
            await sending.send_due_of(service, practice_id, now)
            await pushes.deliver_of(service, practice_id)
