"""What a link may do in its state, and what is wrong with an order about one."""

from typing import Literal

from vetagenda_contracts.calendar_sync import LinkState
from vetagenda_kit.problems import Conflict, Problem

Provider = Literal["google", "caldav"]
RemoteCopies = Literal["keep", "delete"]
Health = Literal["ok", "stale", "broken"]

RUNNABLE: frozenset[LinkState] = frozenset(
    {"active", "degraded", "needs_confirmation", "suspect_shift", "needs_rebase", "remote_gone"}
)
ENDING: frozenset[LinkState] = frozenset({"disconnecting", "calendar_deleted"})
CYCLED: frozenset[LinkState] = RUNNABLE | {"disconnecting"}
STALE_AFTER_CYCLES = 3
UNREACHABLE: frozenset[LinkState] = frozenset({"connecting", "needs_reauth", "remote_gone"})
COPIES_STAY = "copies-stay"
WHY_NOT_CONNECTED: dict[str, str] = {
    "connecting": "nobody has consented to this link yet",
    "needs_reauth": "the access to the linked calendar has ended: connect the link again",
    "disconnecting": "the link is ending: its copies are being deleted",
    "calendar_deleted": "its calendar was deleted in the agenda, so nothing flows any more: end the link",
}


class AlreadyLinked(Conflict):
    code, title = "already-linked", "That remote calendar is linked already"


class CopiesStay(Conflict):
    code, title = "copies-stay", "The copies in the linked calendar cannot be reached"


class NotConnected(Conflict):
    """`state` is the link's."""

    code, title = "not-connected", "The link is not connected"


class WrongProvider(Conflict):
    code, title = "wrong-provider", "The link is one with another provider"


class NothingToDecide(Conflict):
    code, title = "nothing-to-decide", "The link holds nothing back that waits for a decision"


class NothingToChoose(Conflict):
    code, title = "nothing-to-choose", "This link does not wait for the choice of a calendar"


class GoogleNotConfigured(Problem):
    status, code, title = 409, "google-not-configured", "The platform has no Google client yet"


class GoogleAway(Problem):
    status, code, title = 503, "google-away", "Google does not answer at the moment"


class AccessEnded(Conflict):
    code, title = "access-ended", "The person's consent at Google has ended"


class ConsentFailed(Problem):
    status, code, title = 400, "consent-failed", "Google did not confirm the consent"


class WrongAccount(ConsentFailed):
    code, title = "wrong-account", "Another Google account than the link's has consented"


def health(state: LinkState, missed_cycles: float) -> Health:
    """SYNC-10: what people see at a glance; never ok when the last success is too old."""
    if state in ("needs_reauth", "remote_gone", "needs_rebase", "calendar_deleted"):
        return "broken"
    return "ok" if state == "active" and missed_cycles <= STALE_AFTER_CYCLES else "stale"
