"""Forgets once an hour, and in test practices when their clock moves."""

from vetagenda_agenda.retention import commands
from vetagenda_kit.retention import Retention


def retention() -> Retention:
    return Retention(commands.forget_words, lambda settings: settings.history_words_kept_for)
