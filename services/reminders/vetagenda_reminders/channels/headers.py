"""Header lines of an e-mail as they leave, byte for byte.

The standard library folds what is longer than 78 characters, and what has no place to fold it encodes: an
address so encoded is none to a mail client. It also encodes the words of a name one by one and leaves the
commas between them bare, which makes two senders of one. What must stay as it is is written here.
"""

import re
import unicodedata
from email.header import Header

_END = "\r\n"
_LONGEST_LINE = 78
_QUOTED = re.compile(r'(["\\])')


def sender(name: str, address: str) -> str:
    """One mailbox, whatever stands in the name (RFC 5322, 3.4)."""
    phrase = display_name(name)
    line = f"From: {phrase} <{address}>"
    return line if len(line) <= _LONGEST_LINE else f"From: {phrase}{_END} <{address}>"


def display_name(name: str) -> str:
    """A quoted string, or encoded words (RFC 2047): no sign in it can end it. Also what only looks like an
    encoded word is encoded, as many clients decode those in quotes too."""
    shown = _one_line(name)
    if shown.isascii() and "=?" not in shown:
        return '"' + _QUOTED.sub(r"\\\1", shown) + '"'
    return Header(shown, "utf-8", header_name="From").encode(linesep=_END)


def as_it_is(name: str, value: str) -> str:
    """One line: of ASCII and below the 998 characters that a server takes (RFC 5322, 2.1.1)."""
    return f"{name}: {value}"


def written(lines: list[str]) -> bytes:
    return "".join(line + _END for line in lines).encode("ascii")


def _one_line(text: str) -> str:
    shown = (" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in text)
    return " ".join("".join(shown).split())
