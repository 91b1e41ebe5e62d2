"""States, reasons and flags in the practice's language: what is, and what a vet can do about it. Pure.

A reason is a code, with details after a colon that are for the log and for support, not for people.
"""

from vetagenda_calendar_sync.status.flags import FLAGS, SAME_AS
from vetagenda_calendar_sync.status.languages import language_of
from vetagenda_calendar_sync.status.reasons import REASONS, STEPS
from vetagenda_calendar_sync.status.states import STATES
from vetagenda_contracts.calendar_sync import LinkState


def explained(state: LinkState, reason: str | None, locale: str) -> str:
    """The state's sentence, and the reason's when there is one that people can use."""
    language, code = language_of(locale), code_of(reason)
    if state == "connecting" and code in STEPS:
        return REASONS[code][language]
    why = REASONS.get(reason or "", REASONS.get(code))
    return " ".join(texts[language] for texts in (STATES[state], why) if texts)


def advice(flag: str, locale: str) -> tuple[str, str]:
    """Why the event needs a person, and what to do."""
    language = language_of(locale)
    others = FLAGS["agenda"] if flag.startswith("agenda-") else FLAGS[""]
    known = FLAGS.get(SAME_AS.get(flag, flag), others)
    return known.why[language], known.what_to_do[language]


def code_of(reason: str | None) -> str:
    return (reason or "").partition(":")[0].strip()
