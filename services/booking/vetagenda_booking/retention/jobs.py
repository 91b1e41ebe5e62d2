"""Forgets once an hour, and in test practices when their clock moves."""

from vetagenda_booking.retention import commands
from vetagenda_kit.retention import Retention


def retention() -> Retention:
    return Retention(commands.forget_requests, lambda settings: settings.requests_kept_for)
