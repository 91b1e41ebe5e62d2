"""What stands on the screen at the first ring (DESK-1). Pure."""

from enum import StrEnum


class Popup(StrEnum):
    AGENDA = "agenda"
    MULTI_AGENDA = "multi_agenda"
    MESSAGES = "messages"
    CONTACTS = "contacts"
    INSTRUCTIONS = "instructions"
    ORGANISATION_CHART = "organisation_chart"
    CUSTOM_CHART = "custom_chart"
    SCRIPT = "script"
    LINK = "link"


def shown(chosen: Popup, *, at_call_centre: bool) -> Popup:
    """The practice's choice holds on both sides, but a script is for who answers the telephone for it."""
    return chosen if at_call_centre or chosen is not Popup.SCRIPT else Popup.AGENDA
