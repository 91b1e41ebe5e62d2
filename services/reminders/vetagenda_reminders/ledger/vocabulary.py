"""The words of the ledger, as they are stored and shown."""

from enum import StrEnum


class Channel(StrEnum):
    """`message` is one of the practice's own messages at the desk, which leaves for nowhere."""

    SMS = "sms"
    EMAIL = "email"
    PUSH = "push"
    LETTER = "letter"
    PHONE = "phone"
    FAX = "fax"
    MESSAGE = "message"


BY_HAND = frozenset({Channel.LETTER, Channel.PHONE})
"""What a person does when it is due: print and post, or call."""


class Status(StrEnum):
    """`withdrawn` is the system's doing (moved, cancelled, done), `cancelled` a person's. `ready` is a
    letter to print or a call to make: due, and for a person to do."""

    PLANNED = "planned"
    READY = "ready"
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
    PERSONAL = "personal"
    CARE = "care"
    NOTICE = "notice"
    MESSAGE = "message"


class CallBack(StrEnum):
    """Why an order may have to be stopped: `outdated` is known to be so, `doubted` is to be asked."""

    OUTDATED = "outdated"
    DOUBTED = "doubted"


class SkipReason(StrEnum):
    """Why a message did not leave: shown beside every row of the ledger (REM-14)."""

    TOO_LATE = "too_late"
    SUPERSEDED = "superseded"
    GONE = "gone"
    INSIDE_WINDOW = "booked_inside_window"
    MERGED = "merged_into_confirmation"
    ALREADY_SAID = "already_said"
    KNOWN_CONTACT = "known_contact"
    NO_OWNER = "no_owner"
    NO_MOBILE = "no_mobile"
    NO_EMAIL = "no_email"
    INVALID_EMAIL = "invalid_email"
    NO_ADDRESS = "no_address"
    NO_PHONE = "no_phone"
    NO_DEVICE = "no_device"
    NO_CONSENT = "no_consent"
    TOLD_OTHERWISE = "told_by_another_channel"
    MERGED_VISIT = "merged_into_another_visits_message"
    DECEASED = "deceased"
    NOT_PUBLISHED = "not_published"
    EMAIL_NOT_CONFIGURED = "email_not_configured"
    ADDRESS_BOUNCED = "address_bounced"
    EMPTY_TEXT = "empty_text"
    TOO_LONG = "too_long"
    RECIPIENT_REMOVED = "recipient_removed"
    FAX_NOT_CONFIGURED = "fax_not_configured"
    LINE_RED = "line_red"
    REFUSED = "refused"
    UNDELIVERED = "undelivered"
    OVER_QUOTA = "over_quota"
    OPTED_OUT = "opted_out"
    OUTCOME_UNKNOWN = "outcome_unknown"
    CONFIRMED_BY_OWNER = "confirmed_by_owner"
    PERHAPS_SENT = "perhaps_sent"


WAITING = frozenset({Status.PLANNED, Status.READY})
"""What has not been told yet and can still be taken back."""

URGENT = frozenset({Purpose.RESCHEDULED, Purpose.CANCELLED})
"""A move or a cancellation is told at any hour (SMS-3)."""

DESK_MESSAGE = "desk_message"
"""The rule of what the practice is told of a message at the desk."""

DESK_MESSAGE_URGENT = "desk_message_urgent"
"""The same of an urgent one, at any hour."""


def is_urgent(purpose: Purpose, rule: str) -> bool:
    return purpose in URGENT or rule == DESK_MESSAGE_URGENT


TO_STAFF = frozenset({Purpose.NOTICE, Purpose.MESSAGE})
"""Told to the practice's own people, whom nobody asks for a consent."""

UNCONFIRMED = "unconfirmed"
"""What the ledger says of an SMS whose carrier's answer was lost: it may or may not arrive."""

IMMEDIATE = "immediate:"
"""The rule of what a person ordered to be sent at once, with its number."""


def is_immediate(rule: str) -> bool:
    return rule.startswith(IMMEDIATE)


NOTICE_CANCELLED = "notice_cancelled"
"""The rule of what the practice's people are told of an appointment that is no more."""

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


def is_recall(purpose: Purpose, rule: str) -> bool:
    """Advertises a visit rather than serving one that was agreed: what was sent again without a later visit.
    The first reminder of a product is a service (SMS-3)."""
    return purpose is Purpose.PRODUCT and rule.startswith("resend")
