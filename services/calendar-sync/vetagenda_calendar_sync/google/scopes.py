"""The least that a person has to allow, by what the link is to be with. Pure."""

AUTH = "https://www.googleapis.com/auth/"
APP_CREATED = f"{AUTH}calendar.app.created"
OWNED_EVENTS = f"{AUTH}calendar.events.owned"
ALL_EVENTS = f"{AUTH}calendar.events"
NAMES_READ = f"{AUTH}calendar.calendars.readonly"
LIST_READ = f"{AUTH}calendar.calendarlist.readonly"

NEW, PRIMARY, CHOOSE = "new", "primary", "choose"
"""Words for a remote calendar that has no id yet: one that we make, the person's own, and one that the
person chooses from a list after the consent."""

CHOICE_IS_OPEN = "choose-calendar"
"""The reason of a link whose person has consented and whose calendar is still to be chosen."""

_SCOPES: dict[str, frozenset[str]] = {
    NEW: frozenset({APP_CREATED}),
    PRIMARY: frozenset({OWNED_EVENTS, NAMES_READ}),
    CHOOSE: frozenset({ALL_EVENTS, LIST_READ}),
}


def scopes_for(remote_calendar_id: str) -> frozenset[str]:
    """A calendar that is named may belong to somebody else and be shared, so its events are of all."""
    return _SCOPES.get(remote_calendar_id, frozenset({ALL_EVENTS, NAMES_READ}))


def as_parameter(scopes: frozenset[str]) -> str:
    return " ".join(sorted(scopes))


def missing(asked: frozenset[str], granted: str) -> frozenset[str]:
    """People may clear single boxes of Google's page. An answer that names no scope grants what was asked
    (RFC 6749, 5.1)."""
    return asked - frozenset(granted.split()) if granted else frozenset()


def allowance(scopes: frozenset[str]) -> str:
    """What people are told that they allow: `new`, `primary`, `choose`, or `named` for one calendar's id."""
    if ALL_EVENTS in scopes:
        return CHOOSE if LIST_READ in scopes else "named"
    return PRIMARY if OWNED_EVENTS in scopes else NEW
