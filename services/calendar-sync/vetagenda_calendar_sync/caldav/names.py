"""An event's id and the name of its resource in the collection, one for one.

What we make is `<id>.ics`. What others made keeps the very name that the server gives it, percent-encoding
and all: an id that begins with `/` is a name as it stands, which no other id can be.
"""

from urllib.parse import unquote, urlsplit

SUFFIX, RAW = ".ics", "/"


def id_of(name: str) -> str:
    stem = name.removesuffix(SUFFIX)
    return stem if stem != name and stem else RAW + name


def name_of(event_id: str) -> str:
    return event_id[1:] if event_id.startswith(RAW) else event_id + SUFFIX


def name_in(href: str, collection: str) -> str | None:
    """The member that an href names; None for the collection itself and for what lies elsewhere."""
    path = urlsplit(href).path if "://" in href else href
    parent, _, name = path.rpartition("/")
    if unquote(parent).rstrip("/") != unquote(urlsplit(collection).path).rstrip("/"):
        return None
    return name if unquote(name) not in ("", ".", "..") else None
