"""What waits for the practice, and where it decides: a vet can do nothing about it on this page."""

from html import escape

from vetagenda_calendar_sync.links.schemas import LinkView
from vetagenda_calendar_sync.setup.shown import Shown

HELD = "held-"
DECIDED = {"needs_confirmation", "suspect_shift", "needs_rebase"}


def waiting(shown: Shown) -> str:
    """Nothing when nothing waits. The address is for who looks after the practice's software."""
    link = shown.link
    parts = []
    if link.state in DECIDED or any(flag.startswith(HELD) for flag in link.flags):
        parts.append(_told(shown, "decide", _address(link, "decisions")))
    if any(not flag.startswith(HELD) for flag in link.flags):
        parts.append(_told(shown, "check", _address(link, "attention")))
    return "".join(parts)


def _told(shown: Shown, word: str, address: str) -> str:
    return (
        f'<div class="waits"><p>{shown.word(word)}</p>'
        f"<details><summary>{shown.word('where')}</summary><code>{address}</code></details></div>"
    )


def _address(link: LinkView, what: str) -> str:
    return escape(f"/v1/practices/{link.practice_id}/calendar-links/{link.id}/{what}")
