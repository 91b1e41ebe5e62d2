"""Free text as it is compared: what servers and screens do to it on the way must not count as an edit.

Text from outside is untrusted: control characters go, markup becomes text, lengths are capped.
"""

import html
import re
import unicodedata

TITLE_LIMIT = 1024
DESCRIPTION_LIMIT = 8192

_NAMES = (
    "a|b|blockquote|body|br|code|div|em|font|h[1-6]|head|hr|html|html-blob|i|img|li|ol|p|pre|s|small|span"
    "|strike|strong|sub|sup|table|tbody|td|th|tr|u|ul|wbr"
)
_TAG = re.compile(rf"</?(?:{_NAMES})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ANY_LINE_END = re.compile("\r\n|[\r\u2028\u2029]")
_LINE_END = re.compile(r"<br(?:\s[^<>]*)?/?>|</(?:p|div|li|tr|h[1-6])\s*>", re.IGNORECASE)


def clean(text: str) -> str:
    """NFC, LF, no control characters, no blanks at line ends, no empty lines around. Idempotent."""
    lines = _ANY_LINE_END.sub("\n", text).split("\n")
    printable = ("".join(char for char in line if _is_printable(char)) for line in lines)
    return unicodedata.normalize("NFC", "\n".join(line.rstrip() for line in printable).strip("\n"))


def one_line(text: str, limit: int = TITLE_LIMIT) -> str:
    """A title or a place: cleaned, without line breaks, at most `limit` characters."""
    return " ".join(clean(text).split("\n")).strip()[:limit].rstrip()


def _is_printable(char: str) -> bool:
    return char == "\t" or unicodedata.category(char) not in ("Cc", "Cs")


def is_markup(text: str) -> bool:
    """Google's own screens store what a person writes as HTML; a plain `a < b` is not that."""
    return bool(_TAG.search(text)) or html.unescape(text) != text


def as_sent(text: str) -> str:
    """Plain text such that `as_read` gives it back: escaped only where it would be taken for HTML."""
    return html.escape(text, quote=False) if is_markup(text) else text


def as_read(text: str) -> str:
    """Tags and entities become text; a line ends where the screen shows it ending."""
    if is_markup(text):
        text = _TAG.sub("", _LINE_END.sub("\n", text.replace("&nbsp;", " ")))
        text = html.unescape(text)
    return clean(text)
