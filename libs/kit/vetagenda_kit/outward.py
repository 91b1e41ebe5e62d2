"""Calling servers of others: the address that somebody typed, and how long an answer asks to wait. Pure."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from yarl import URL


def parsed_address(address: str) -> URL | None:
    """None for what is no absolute address in printable ASCII with a known port: two programs could read
    two hosts out of anything else."""
    if not all("!" <= sign <= "~" and sign != "\\" for sign in address):
        return None
    try:
        url = URL(address)
        return url if url.absolute and url.port else None
    except ValueError:
        return None


def asked_pause(retry_after: str | None, now: datetime) -> timedelta:
    """`Retry-After` in seconds or as a date (RFC 9110, 10.2.3); what is neither, or past, asks for none."""
    said = (retry_after or "").strip()
    if said.isascii() and said.isdigit() and len(said) < 10:
        return timedelta(seconds=int(said))
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return timedelta(0)
    return max(timedelta(0), (until if until.tzinfo else until.replace(tzinfo=UTC)) - now)
