"""The agenda service: the only authority on time."""

from collections.abc import Mapping
from datetime import timedelta

import httpx
from fastapi import FastAPI

from vetagenda_agenda import history
from vetagenda_agenda.appointments import api as appointments
from vetagenda_agenda.appointments import columns, internal_api, review
from vetagenda_agenda.blocks import api as blocks
from vetagenda_agenda.changes import api as changes
from vetagenda_agenda.desk import custom_chart
from vetagenda_agenda.desk.callbacks import api as call_backs
from vetagenda_agenda.desk.calls import api as calls
from vetagenda_agenda.desk.contacts import api as contacts
from vetagenda_agenda.desk.messages import api as messages
from vetagenda_agenda.desk.organisations import api as organisations
from vetagenda_agenda.desk.records import CHART_LINES, INSTRUCTIONS, LINKS, SCRIPTS
from vetagenda_agenda.desk.settings import api as desk_settings
from vetagenda_agenda.documents import api as documents
from vetagenda_agenda.erasures import api as erasures
from vetagenda_agenda.erasures.jobs import erase_elsewhere
from vetagenda_agenda.erasures.remembering import erase_again
from vetagenda_agenda.exchange import api as exchange
from vetagenda_agenda.occupancy import holds
from vetagenda_agenda.partners import api as partners
from vetagenda_agenda.partners import connections_api as partner_connections
from vetagenda_agenda.partners.inviting import order_emails
from vetagenda_agenda.practices import api as practices
from vetagenda_agenda.practices.queries import virtual_time
from vetagenda_agenda.records import internal_api as internal_records
from vetagenda_agenda.records import recipients
from vetagenda_agenda.records.absences import ABSENCES, CLOSURES, absence_filter
from vetagenda_agenda.records.api import routes
from vetagenda_agenda.records.appointment_types import APPOINTMENT_TYPES
from vetagenda_agenda.records.calendars import CALENDARS
from vetagenda_agenda.records.owners import ANIMALS, OWNERS, animal_filter, owner_filter
from vetagenda_agenda.retention.jobs import retention
from vetagenda_agenda.sandbox import api as sandbox
from vetagenda_agenda.settings import Settings
from vetagenda_agenda.subject_access import api as subject_access
from vetagenda_agenda.updates import api as updates
from vetagenda_agenda.waitlist import api as waitlist
from vetagenda_agenda.waitlist import internal_api as offers
from vetagenda_agenda.waitlist.awaiting import look_again
from vetagenda_agenda.waitlist.jobs import OFFERS, VIRTUAL_TIME
from vetagenda_agenda.waitlist.offering import offer_freed
from vetagenda_agenda.waitlist.withdrawing import withdraw_covered
from vetagenda_kit.jobs import Job
from vetagenda_kit.service import create_app

NAME = "agenda"


def create(
    settings: Settings, *, transports: Mapping[str, httpx.AsyncBaseTransport] | None = None
) -> FastAPI:
    kept = retention()
    app = create_app(
        NAME,
        settings,
        title="vetagenda agenda",
        routers=[
            practices.public,
            routes(CALENDARS),
            routes(APPOINTMENT_TYPES),
            routes(OWNERS, owner_filter),
            routes(ANIMALS, animal_filter),
            routes(ABSENCES, absence_filter),
            routes(CLOSURES),
            review.api,
            appointments.api,
            changes.api,
            updates.api,
            documents.api,
            waitlist.api,
            partners.organisations,
            partners.activations,
            partners.privacy_text,
            partners.internal,
            partners.let_in,
            partner_connections.invitations,
            partner_connections.connections,
            partner_connections.connected,
            partner_connections.likely,
            calls.api,
            calls.own,
            desk_settings.api,
            routes(SCRIPTS),
            routes(INSTRUCTIONS),
            routes(LINKS),
            routes(CHART_LINES),
            custom_chart.api,
            organisations.operators,
            organisations.chart,
            contacts.api,
            messages.api,
            call_backs.api,
            exchange.api,
            erasures.api,
            subject_access,
            sandbox.api,
            practices.internal,
            internal_api.api,
            columns.api,
            internal_records.api,
            internal_records.by_owners,
            blocks.api,
            recipients.api,
            holds.api,
            offers.api,
            messages.internal,
        ],
        jobs=[
            OFFERS,
            Job("invitations", timedelta(seconds=1), order_emails),
            Job("erasures", timedelta(seconds=1), erase_elsewhere),
            kept.job,
        ],
        on_start=[erase_again],
        virtual_time=kept.with_time(VIRTUAL_TIME),
        ask_virtual_time=virtual_time,
        transports=transports,
    )
    before_commit = app.state.service.db.before_commit
    before_commit[:] = [withdraw_covered, offer_freed, look_again, *before_commit, history.write_pending]
    return app
