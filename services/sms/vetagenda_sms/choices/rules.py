"""What a sender may be called. Pure."""

import re

_SENDER = re.compile(r"[A-Za-z0-9 ]{3,11}")


def check_sender(sender: str) -> str:
    """As networks take it: the shortest common rule. Raises ValueError."""
    if not _SENDER.fullmatch(sender) or sender != sender.strip():
        raise ValueError("3 to 11 letters without accents, digits and spaces between them are expected")
    if not any(sign.isalpha() for sign in sender):
        raise ValueError("at least one letter is needed")
    return sender
