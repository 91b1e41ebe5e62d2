"""What each writing operation tells: the table that `test_mutations` walks, in an order that works."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from gateway.populated import DAYS, NOWHERE, P256DH, Populated

from vetagenda_kit.clock import system_now

Body = Callable[[Populated], dict[str, Any]]
AT_TEN = (system_now() + timedelta(days=40)).replace(hour=10, minute=0, second=0, microsecond=0)
LONG_AGO = -24.0 * 45
NUMBER = "+33611223399"


@dataclass(frozen=True)
class Step:
    """`told` are the types of its events. `body` is added to what the operation requires; `at` is the path
    below the practice when it is not about the one thing that there is; `keep` names what it makes; `file`
    is the query of an upload."""

    operation: str
    told: str
    body: Body | None = None
    at: Callable[[Populated], str] | None = None
    keep: str | None = None
    file: dict[str, str] | None = None


def at(hours: float) -> str:
    return (AT_TEN + timedelta(hours=hours)).isoformat()


def only(**body: Any) -> Body:
    return lambda _there: body


def with_ids(*names: str, **body: Any) -> Body:
    """`owner_id=spare owner` is what a step has kept under that name."""
    pairs = [name.split("=") for name in names]
    return lambda there: {field: there.ids[kept] for field, kept in pairs} | body


def visit(hours: float) -> Body:
    def body(there: Populated) -> dict[str, Any]:
        when = {"calendar_ids": [there.ids["calendars"]], "start": at(hours), "end": at(hours + 0.25)}
        return when | {"owner_id": there.ids["owners"], "animal_ids": [there.ids["animals"]]}

    return body


def booking(slot: int) -> Body:
    def body(there: Populated) -> dict[str, Any]:
        who = {"owner_id": there.ids["owners"], "animals": [{"animal_id": there.ids["animals"]}]}
        return who | {"start": there.ids[f"slot {slot}"]}

    return body


def of(collection: str, name: str, rest: str = "") -> Callable[[Populated], str]:
    return lambda there: f"{collection}/{there.ids[name]}{rest}"


def appointment(name: str, rest: str = "") -> Callable[[Populated], str]:
    return of("appointments", name, rest)


_CARE = {"name": "step", "when": {"hours": -2}, "channels": ["sms"], "text": "x"}
_MONTH = {"count": 3, "unit": "month"}
_BOOKED, _REQUESTED = "agenda.appointment.booked", "agenda.appointment.requested booking.request.received"
_A, _R = "P/appointments/{appointment_id}", "P/booking-requests/{request_id}"

_C = "P/desk/call-backs/{call_back_id}"


def _of_the_desk(path: str, noun: str, body: dict[str, Any], **patch: Any) -> list[Step]:
    one, spare = f"P/desk/{path}/{{record_id}}", of(f"desk/{path}", f"spare {noun}")
    return [
        Step(f"POST P/desk/{path}", f"agenda.{noun}.created", only(**body), keep=f"spare {noun}"),
        Step(f"PATCH {one}", f"agenda.{noun}.updated", only(**patch), spare),
        Step(f"DELETE {one}", f"agenda.{noun}.deleted", None, spare),
    ]


STEPS = [
    Step("PATCH P", "agenda.practice.updated", only(phone="+33144556688")),
    Step("POST P/calendars", "agenda.calendar.created", only(name="Dr Neuf"), keep="spare calendar"),
    Step("PATCH P/calendars/{record_id}", "agenda.calendar.updated", only(colour="#00ff00")),
    Step(
        "POST P/appointment-types",
        "agenda.appointment-type.created",
        only(name="Neuf", duration_minutes=15),
        keep="spare type",
    ),
    Step("PATCH P/appointment-types/{record_id}", "agenda.appointment-type.updated", only(colour="#00ff00")),
    Step(
        "POST P/owners",
        "agenda.owner.created",
        only(family_name="Neuf", email="n@example.org"),
        keep="spare owner",
    ),
    Step("PATCH P/owners/{record_id}", "agenda.owner.updated", only(locale="de")),
    Step(
        "POST P/animals",
        "agenda.animal.created",
        with_ids("owner_id=spare owner", name="Neuf"),
        keep="spare animal",
    ),
    Step("PATCH P/animals/{record_id}", "agenda.animal.updated", only(breed="Braque")),
    Step(
        "POST P/absences",
        "agenda.absence.created",
        with_ids("calendar_id=spare calendar", start=at(1), end=at(2)),
        keep="spare absence",
    ),
    Step("PATCH P/absences/{record_id}", "agenda.absence.updated", only(reason="training")),
    Step(
        "POST P/closures", "agenda.closure.created", only(start=at(9000), end=at(9001)), keep="spare closure"
    ),
    Step("PATCH P/closures/{record_id}", "agenda.closure.updated", only(reason="works")),
    # appointments
    Step("POST P/appointments", _BOOKED, visit(0), keep="first"),
    Step(f"PATCH {_A}", "agenda.appointment.updated", only(title="other"), appointment("first")),
    Step(
        f"POST {_A}/reschedule",
        "agenda.appointment.rescheduled",
        only(start=at(1)),
        appointment("first", "/reschedule"),
    ),
    Step(
        f"POST {_A}/extend",
        "agenda.appointment.rescheduled",
        only(minutes=5),
        appointment("first", "/extend"),
    ),
    Step(f"PUT {_A}/messages", "reminders.messages.chosen", None, appointment("first", "/messages")),
    Step("POST P/appointments", _BOOKED, visit(LONG_AGO), keep="past"),
    Step(f"POST {_A}/arrive", "agenda.appointment.arrived", None, appointment("past", "/arrive")),
    Step(f"POST {_A}/complete", "agenda.appointment.completed", None, appointment("past", "/complete")),
    Step("POST P/appointments", _BOOKED, visit(LONG_AGO + 2), keep="second"),
    Step(f"POST {_A}/no-show", "agenda.appointment.missed", None, appointment("second", "/no-show")),
    Step("POST P/appointments", _BOOKED, visit(3), keep="third"),
    Step(f"POST {_A}/cancel", "agenda.appointment.cancelled", None, appointment("third", "/cancel")),
    Step("POST P/updates/{update_id}/acknowledge", "agenda.update.acknowledged"),
    # online booking
    Step("POST P/booking-requests", _REQUESTED, booking(1), keep="request 1"),
    Step(
        f"POST {_R}/accept",
        "agenda.appointment.accepted booking.request.accepted",
        None,
        of("booking-requests", "request 1", "/accept"),
    ),
    Step(
        f"POST {_A}/owner-reschedule",
        "agenda.appointment.rescheduled",
        with_ids("start=slot 3"),
        appointment("request 1 visit", "/owner-reschedule"),
    ),
    Step(
        f"POST {_A}/owner-cancel",
        "agenda.appointment.cancelled",
        None,
        appointment("request 1 visit", "/owner-cancel"),
    ),
    Step("POST P/booking-requests", _REQUESTED, booking(5), keep="request 2"),
    Step(
        f"POST {_R}/decline",
        "agenda.appointment.declined booking.request.declined",
        None,
        of("booking-requests", "request 2", "/decline"),
    ),
    Step("POST P/desk/bookings", _REQUESTED, booking(9), keep="request 3"),
    Step("POST P/holds", "agenda.hold.placed", with_ids("start=slot 7"), keep="spare hold"),
    Step("DELETE P/holds/{hold_id}", "agenda.hold.released"),
    Step(
        "PUT P/booking-profile",
        "booking.profile.updated",
        only(opening_hours=dict.fromkeys(DAYS, "08:00-19:00")),
    ),
    # waiting list
    Step("POST P/waitlist-entries", "agenda.waitlist-entry.created", None, keep="spare entry"),
    Step(
        "PATCH P/waitlist-entries/{entry_id}",
        "agenda.waitlist-entry.updated",
        only(available_from=at(0), available_to=at(2)),
        of("waitlist-entries", "spare entry"),
    ),
    Step(
        "DELETE P/waitlist-entries/{entry_id}",
        "agenda.waitlist-entry.deleted",
        None,
        of("waitlist-entries", "spare entry"),
    ),
    Step(
        "POST P/waitlist-entries/{entry_id}/offers/{offer_id}/accept",
        f"{_BOOKED} agenda.offer.accepted agenda.waitlist-entry.booked",
    ),
    Step("PUT P/waitlist-settings", "agenda.waitlist.updated", only(enabled=False)),
    # the desk
    *_of_the_desk("scripts", "script", {"name": "x", "steps": [{"id": "a", "say": "x"}]}, name="y"),
    *_of_the_desk("instructions", "instruction", {"title": "x", "content": "x"}, title="y"),
    *_of_the_desk("links", "desk-link", {"title": "x", "url": "https://localhost"}, title="y"),
    *_of_the_desk("chart-lines", "chart-line", {"service": "x", "name": "x"}, name="y"),
    Step("PUT P/desk/custom-chart", "agenda.custom-chart.updated", only(columns=["x"])),
    Step("POST P/desk/messages", "agenda.message.posted", only(subject="x"), keep="spare message"),
    *(
        Step(
            f"POST P/desk/messages/{{message_id}}/{mark}",
            f"agenda.message.{mark}",
            None,
            of("desk/messages", "spare message", f"/{mark}"),
        )
        for mark in ("read", "unread", "done", "undone")
    ),
    Step(
        "DELETE P/desk/messages/{message_id}",
        "agenda.message.deleted",
        None,
        of("desk/messages", "spare message"),
    ),
    Step("POST P/desk/call-backs", "agenda.call-back.asked", only(phone=NUMBER), keep="call"),
    Step(
        "PATCH P/desk/call-backs/{call_back_id}",
        "agenda.call-back.updated",
        only(urgent=True),
        of("desk/call-backs", "call"),
    ),
    Step(f"POST {_C}/absent", "agenda.call-back.missed", None, of("desk/call-backs", "call", "/absent")),
    Step(
        f"POST {_C}/agree",
        f"{_BOOKED} agenda.call-back.agreed",
        with_ids("start=call time"),
        of("desk/call-backs", "call", "/agree"),
    ),
    Step(
        f"POST {_C}/extend",
        "agenda.appointment.rescheduled agenda.call-back.updated",
        only(minutes=5),
        of("desk/call-backs", "call", "/extend"),
    ),
    Step(
        f"POST {_C}/withdraw",
        "agenda.appointment.cancelled agenda.call-back.withdrawn",
        None,
        of("desk/call-backs", "call", "/withdraw"),
    ),
    Step("POST P/desk/call-backs", "agenda.call-back.asked", only(phone=NUMBER), keep="other call"),
    Step(f"POST {_C}/done", "agenda.call-back.done", None, of("desk/call-backs", "other call", "/done")),
    Step("PUT P/desk/settings", "agenda.desk.updated", only(popup="messages")),
    # documents and files
    Step(
        "POST P/documents",
        "agenda.document.uploaded",
        None,
        None,
        "spare document",
        {"name": "a.txt", "owner_id": "owners"},
    ),
    Step("POST P/documents/{document_id}/share", "agenda.document.shared"),
    Step("POST P/documents/{document_id}/unshare", "agenda.document.unshared"),
    Step(
        "POST P/imports",
        "agenda.owner.created",
        only(format="csv", what="owners", content="external_id,family_name\r\n99,Neuf\r\n", dry_run=False),
        keep="spare import",
    ),
    Step(
        "POST P/imports/{import_id}/undo",
        "agenda.owner.deleted",
        None,
        of("imports", "spare import", "/undo"),
    ),
    # partners
    Step("PUT P/privacy-text", "agenda.privacy-text.updated", only(content="another text")),
    Step(
        "PATCH P/partner-activations/{activation_id}",
        "agenda.activation.updated",
        lambda there: {"calendar_ids": [there.ids["calendars"]]},
    ),
    Step(
        "POST P/invitations",
        "agenda.invitation.issued",
        with_ids("partner_id=/v1/partners", "owner_id=spare owner"),
        keep="spare invitation",
    ),
    Step(
        "DELETE P/invitations/{invitation_id}",
        "agenda.invitation.withdrawn",
        None,
        of("invitations", "spare invitation"),
    ),
    Step("DELETE P/connections/{connection_id}", "agenda.connection.ended"),
    Step(
        "POST P/owner-duplicates/{duplicate_id}/settle", "agenda.duplicate.settled", only(verdict="different")
    ),
    Step("DELETE P/partner-activations/{activation_id}", "agenda.activation.ended"),
    Step(
        "POST P/partner-activations",
        "agenda.activation.accepted",
        with_ids("partner_id=/v1/partners", terms_version="1", accepted_by="x"),
    ),
    # reminders
    Step("PUT P/reminder-settings", "reminders.settings.updated"),
    Step("POST P/templates", "reminders.template.created", only(name="n"), keep="spare template"),
    Step("PATCH P/templates/{template_id}", "reminders.template.updated", only(category="vaccine")),
    Step(
        "POST P/reminder-rules",
        "reminders.rule.created",
        with_ids("template_id=spare template", name="n", offset=_MONTH, channels=["sms"]),
        keep="spare rule",
    ),
    Step("PATCH P/reminder-rules/{reminder_rule_id}", "reminders.rule.updated", only(days_before=3)),
    Step("POST P/products", "reminders.product.created", only(name="n"), keep="spare product"),
    Step("PATCH P/products/{product_id}", "reminders.product.updated", only(family="wormer")),
    Step("POST P/acts", "reminders.act.created", only(name="n"), keep="spare act"),
    Step("PATCH P/acts/{act_id}", "reminders.act.updated", only(without_offered=True)),
    Step("POST P/administrations", "reminders.administration.recorded"),
    Step("POST P/visits", "reminders.visit.created", None, keep="spare visit"),
    Step("PATCH P/visits/{visit_id}", "reminders.visit.updated", only(visited_on="2026-01-05")),
    Step(
        "POST P/visits/{visit_id}/lines",
        "reminders.visit-line.created",
        with_ids("act_id=spare act", "animal_id=animals"),
        of("visits", "spare visit", "/lines"),
        "spare line",
    ),
    Step("PATCH P/visits/{visit_id}/lines/{line_id}", "reminders.visit-line.updated"),
    Step(
        "DELETE P/visits/{visit_id}/lines/{line_id}",
        "reminders.visit-line.deleted",
        None,
        lambda there: f"visits/{there.ids['spare visit']}/lines/{there.ids['spare line']}",
    ),
    Step("DELETE P/visits/{visit_id}", "reminders.visit.deleted", None, of("visits", "spare visit")),
    Step(
        "PUT P/care-plans/{appointment_type_id}",
        "reminders.care-plan.updated",
        only(steps=[_CARE]),
        of("care-plans", "spare type"),
    ),
    Step(
        "POST P/reminders",
        "reminders.reminder.planned",
        with_ids("owner_id=owners", channels=["phone"], due_at=at(0)),
        keep="spare reminder",
    ),
    Step(
        "PATCH P/reminders/{reminder_id}",
        "reminders.reminder.planned",
        only(due_at=at(1)),
        of("reminders", "spare reminder"),
    ),
    Step(
        "POST P/reminders/{reminder_id}/cancel",
        "reminders.reminder.cancelled",
        None,
        of("reminders", "spare reminder", "/cancel"),
    ),
    Step(
        "POST P/push-subscriptions",
        "reminders.push.subscribed",
        with_ids(
            "owner_id=owners", endpoint="https://localhost/spare", keys={"p256dh": P256DH, "auth": "A" * 22}
        ),
        keep="spare browser",
    ),
    Step(
        "DELETE P/push-subscriptions/{subscription_id}",
        "reminders.push.unsubscribed",
        None,
        of("push-subscriptions", "spare browser"),
    ),
    # SMS
    Step("PUT P/sms/settings", "sms.settings.updated"),
    Step("POST P/sms/opt-outs", "sms.opt-out.recorded", only(to=NUMBER)),
    Step("POST P/sms/opt-outs/lift", "sms.opt-out.lifted", only(to=NUMBER)),
    # calendars elsewhere
    Step("POST P/calendar-feeds", "calendar-sync.feed.created", None, keep="spare feed"),
    Step("PATCH P/calendar-feeds/{feed_id}", "calendar-sync.feed.updated", only(privacy="busy")),
    Step("POST P/calendar-feeds/{feed_id}/rotate", "calendar-sync.feed.rotated"),
    Step(
        "DELETE P/calendar-feeds/{feed_id}",
        "calendar-sync.feed.deleted",
        None,
        of("calendar-feeds", "spare feed"),
    ),
    Step("POST P/calendar-links/pause", "calendar-sync.link.updated"),
    Step("POST P/calendar-links/resume", "calendar-sync.link.updated"),
    Step(
        "POST P/calendar-links",
        "calendar-sync.link.created",
        with_ids("calendar_id=spare calendar"),
        keep="spare link",
    ),
    Step(
        "PATCH P/calendar-links/{link_id}",
        "calendar-sync.link.updated",
        only(privacy="busy"),
        of("calendar-links", "spare link"),
    ),
    Step(
        "DELETE P/calendar-links/{link_id}",
        "calendar-sync.link.deleted",
        None,
        of("calendar-links", "spare link"),
    ),
    # webhooks
    Step(
        "POST P/webhook-endpoints",
        "gateway.webhook-endpoint.created",
        only(url=NOWHERE),
        keep="spare webhook",
    ),
    Step(
        "PATCH P/webhook-endpoints/{endpoint_id}",
        "gateway.webhook-endpoint.updated",
        only(description="x"),
        of("webhook-endpoints", "spare webhook"),
    ),
    Step(
        "POST P/webhook-endpoints/{endpoint_id}/rotate-secret",
        "gateway.webhook-endpoint.updated",
        None,
        of("webhook-endpoints", "spare webhook", "/rotate-secret"),
    ),
    Step(
        "DELETE P/webhook-endpoints/{endpoint_id}",
        "gateway.webhook-endpoint.deleted",
        None,
        of("webhook-endpoints", "spare webhook"),
    ),
    # and what is deleted last
    Step(
        "DELETE P/products/{product_id}", "reminders.product.deleted", None, of("products", "spare product")
    ),
    Step("DELETE P/acts/{act_id}", "reminders.act.deleted", None, of("acts", "spare act")),
    Step(
        "DELETE P/reminder-rules/{reminder_rule_id}",
        "reminders.rule.deleted",
        None,
        of("reminder-rules", "spare rule"),
    ),
    Step(
        "DELETE P/templates/{template_id}",
        "reminders.template.deleted",
        None,
        of("templates", "spare template"),
    ),
    Step("DELETE P/absences/{record_id}", "agenda.absence.deleted", None, of("absences", "spare absence")),
    Step("DELETE P/closures/{record_id}", "agenda.closure.deleted", None, of("closures", "spare closure")),
    Step("DELETE P/animals/{record_id}", "agenda.animal.deleted", None, of("animals", "spare animal")),
    Step("DELETE P/owners/{record_id}", "agenda.owner.deleted", None, of("owners", "spare owner")),
    Step(
        "DELETE P/appointment-types/{record_id}",
        "agenda.appointment-type.deleted",
        None,
        of("appointment-types", "spare type"),
    ),
    Step(
        "DELETE P/calendars/{record_id}", "agenda.calendar.deleted", None, of("calendars", "spare calendar")
    ),
]

TELLS_NOTHING = {
    "POST P/appointments/{appointment_id}/links": "a link is signed, not stored (ADR 10)",
    "POST P/calendar-links/{link_id}/setup-link": "a link is signed, not stored; opening it is told (ADR 40)",
    "POST P/calendar-links/{link_id}/caldav/calendars": "reads a server's calendars",
    "POST P/sms/forecast": "computes",
    "POST P/sms/opt-outs/check": "reads; a number stands in no path",
    "POST P/templates/preview": "computes",
    "POST P/letters": "draws a PDF; each letter's own fate is told when it is printed",
    "POST P/sms/messages": "told when the carrier has taken it: sms.message.accepted, by the job that sends",
    "POST P/webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}/resend": "sends again what was told",
    "POST P/webhook-endpoints/{endpoint_id}/replay": "sends again what was told",
    "POST P/webhook-endpoints/{endpoint_id}/test": "sends a message that is in no feed",
}

ELSEWHERE = {
    "POST P/owners/{owner_id}/erasure": "tests/privacy",
    "POST P/staff": "tests/gateway/staff",
    "PATCH P/staff/{member_id}": "tests/gateway/staff",
    "DELETE P/staff/{member_id}": "tests/gateway/staff",
    "POST P/appointments/{appointment_id}/messages/send": "tests/reminders/appointments",
    "POST P/administrations/{administration_id}/withdraw-earlier": "tests/reminders/products",
    "POST P/calendar-links/google/calendar": "tests/calendar_sync/google",
    "POST P/calendar-links/{link_id}/caldav/connect": "tests/calendar_sync/caldav",
    "POST P/calendar-links/{link_id}/conflicts/{conflict_id}/restore": "tests/calendar_sync/decisions",
    "POST P/calendar-links/{link_id}/decisions": "tests/calendar_sync/decisions",
    "POST P/calendar-links/{link_id}/sync": "tests/calendar_sync",
    "POST P/changes/undo": "tests/agenda/test_undo.py",
    "POST P/connections": "tests/agenda/partners/test_connections.py: with a partner's key",
    "POST P/letters/printed": "tests/reminders/letters",
    "POST P/phone-tasks/{reminder_id}/done": "tests/reminders/phone_tasks",
    "POST P/reminders/resend": "tests/reminders/ledger",
    "POST P/reminders/{reminder_id}/resend": "tests/reminders/ledger",
    "POST P/test/clock": "tests/agenda/sandbox: in test practices",
    "POST P/test/year": "tests/reminders/played: in test practices",
    "POST P/test/sms/replies": "tests/reminders/ladder: in test practices",
    "POST P/waitlist-entries/{entry_id}/offers/{offer_id}/decline": "tests/agenda/waitlist",
}
