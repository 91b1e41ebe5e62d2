"""Which messages tell of an offer, and from when until when. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from vetagenda_reminders.facts import OfferFacts
from vetagenda_reminders.ledger.vocabulary import Channel
from vetagenda_reminders.local_time import next_polite


@dataclass(frozen=True, slots=True)
class Notice:
    """A message that tells of an offer. One that is due too late leaves never: then the ledger says so."""

    channel: Channel
    due_at: datetime
    useful_until: datetime


def notices(offer: OfferFacts, channels: Collection[Channel], zone: ZoneInfo, now: datetime) -> list[Notice]:
    """At once, an SMS from 08:00 to 20:00 (SMS-3), of use until the time to decide is over: of an open offer,
    or of one that was taken back."""
    is_news = offer.is_open or offer.is_taken_back
    if not is_news or offer.owner is None or offer.all_deceased or now >= offer.expires_at:
        return []
    return [
        Notice(channel, next_polite(now, zone) if channel is Channel.SMS else now, offer.expires_at)
        for channel in channels
    ]
