"""The words of the ledger, as they are stored and shown."""

from enum import StrEnum


class Channel(StrEnum):
    SMS = "sms"
    EMAIL = "email"
    PUSH = "push"


class Status(StrEnum):
    """`withdrawn` is the system's doing (moved, cancelled, done), `cancelled` a person's."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


class Purpose(StrEnum):
    """Why a message exists; decides in which state of its subject it may still leave."""

    CONFIRMATION = "confirmation"
    REQUEST_RECEIVED = "request_received"
    RESCHEDULED = "rescheduled"
    PRACTITIONER = "practitioner"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    EXPIRED = "expired"
    REMINDER = "reminder"
    PUSH = "push"
    PRODUCT = "product"
    OFFER = "offer"
    OFFER_WITHDRAWN = "offer_withdrawn"


class SkipReason(StrEnum):
    """Why a message did not leave: shown beside every row of the ledger (REM-14)."""

    TOO_LATE = "too_late"
    SUPERSEDED = "superseded"
    GONE = "gone"
    INSIDE_WINDOW = "booked_inside_window"
    MERGED = "merged_into_confirmation"
    KNOWN_CONTACT = "known_contact"
    NO_OWNER = "no_owner"
    NO_MOBILE = "no_mobile"
    NO_EMAIL = "no_email"
    NO_CONSENT = "no_consent"
    DECEASED = "deceased"
    NOT_PUBLISHED = "not_published"
    EMAIL_NOT_CONFIGURED = "email_not_configured"
    EMPTY_TEXT = "empty_text"
    REFUSED = "refused"
    UNDELIVERED = "undelivered"
    OUTCOME_UNKNOWN = "outcome_unknown"


URGENT = frozenset({Purpose.RESCHEDULED, Purpose.CANCELLED})
"""A move or a cancellation is told at any hour (SMS-3)."""

OF_OFFERS = frozenset({Purpose.OFFER, Purpose.OFFER_WITHDRAWN})
"""About a time of the waiting list that is not booked."""

LINKED = frozenset(
    {
        Purpose.CONFIRMATION,
        Purpose.REQUEST_RECEIVED,
        Purpose.RESCHEDULED,
        Purpose.PRACTITIONER,
        Purpose.REMINDER,
    }
)
"""What is said of an appointment that stands, so that there is something to link to."""
