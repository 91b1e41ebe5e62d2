"""From an address that a person knows to the calendars behind it (RFC 6764, RFC 4791 6.2.1, RFC 5397).

The password goes to the host that was typed, to where that host's well-known address sends us over https,
and to the home that such an answer names over https: whoever names it holds the password already. Not by
DNS (SRV): an answer that nobody signed would choose who gets the password.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import normpath
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from vetagenda_calendar_sync.caldav.client import Answer, DavClient
from vetagenda_calendar_sync.caldav.multistatus import CALDAV, DAV, Response, parse, propfind

WELL_KNOWN = "/.well-known/caldav"
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 5
FORBIDDEN = 403
TYPE, NAME = f"{DAV}resourcetype", f"{DAV}displayname"
PRINCIPAL, HOME = f"{DAV}current-user-principal", f"{CALDAV}calendar-home-set"
PARTS, RIGHTS = f"{CALDAV}supported-calendar-component-set", f"{DAV}current-user-privilege-set"
ALL = (TYPE, NAME, PARTS, RIGHTS)


USUAL_PORTS = {"https": 443, "http": 80}
UNQUOTED = "/:@!$&'()*+,;=~"


class NotFoundThere(Exception):
    """No CalDAV calendar is at this address."""


class NoAddress(Exception):
    """What was typed names no server that could be called."""


class ClosedThere(Exception):
    """The password is right and does not open what is at this address."""


class LedAstray(Exception):
    """The server sends us to where the password must not go."""


@dataclass(frozen=True)
class Found:
    """A calendar for events. `url` ends with a slash and is where it lives after all redirects."""

    url: str
    name: str
    is_writable: bool


async def calendars(client: DavClient, typed: str) -> list[Found]:
    """Raises NoAddress, NotFoundThere, ClosedThere, LedAstray and what the client raises."""
    why: NotFoundThere | ClosedThere = NotFoundThere()
    for start in starts(typed):
        try:
            found = await _described(client, start, PRINCIPAL, HOME, *ALL)
        except ClosedThere as closed:
            why = closed
            continue
        if found is None:
            continue
        url, here = found
        if is_calendar(here):
            return [_found(url, here)]
        if home := await _home(client, url, here):
            return await _in_home(client, home)
    raise why


async def calendar(client: DavClient, url: str) -> Found:
    """The calendar at exactly this address. Raises as `calendars`."""
    found = await _described(client, normal(address_of(url)), *ALL)
    if found is None or not is_calendar(found[1]):
        raise NotFoundThere
    return _found(*found)


def normal(url: str) -> str:
    """One spelling of one address (RFC 3986, 6.2.2 and 6.2.3), so that a calendar is not linked twice: lower
    case, no usual port, no dot segments or doubled slashes, no query, a slash at the end."""
    parts = urlsplit(url.strip())
    host, port = (parts.hostname or "").lower(), parts.port
    host = f"[{host}]" if ":" in host else host
    named = host if port in (None, USUAL_PORTS.get(parts.scheme)) else f"{host}:{port}"
    path = normpath("/" + unquote(parts.path).lstrip("/"))
    return f"{parts.scheme.lower()}://{named}{quote(path, safe=UNQUOTED).rstrip('/')}/"


def starts(typed: str) -> Iterator[str]:
    """Where to ask: what was typed, if it leads somewhere, then the well-known address, then the root."""
    url = address_of(typed)
    root = "{0.scheme}://{0.netloc}".format(urlsplit(url))
    if urlsplit(url).path.strip("/"):
        yield url
    yield root + WELL_KNOWN
    yield root + "/"


def address_of(typed: str) -> str:
    """`me@example.org`, `example.org/dav` and `https://example.org/dav` all name a server. Who somebody is,
    and what follows a `?` or `#`, are no part of where it is. Raises NoAddress."""
    typed = typed.strip()
    try:
        parts = urlsplit(typed if "://" in typed else f"https://{typed}")
        _ = parts.port
    except ValueError:
        raise NoAddress from None
    if parts.scheme not in USUAL_PORTS or not parts.hostname:
        raise NoAddress
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


async def _home(client: DavClient, url: str, here: Response) -> str | None:
    """The calendars' home: named right here, or by the principal."""
    if home := here.href_in(HOME):
        return _named(url, home)
    if not (principal := here.href_in(PRINCIPAL)):
        return None
    found = await _described(client, _named(url, principal), HOME)
    return _named(found[0], home) if found and (home := found[1].href_in(HOME)) else None


async def _in_home(client: DavClient, home: str) -> list[Found]:
    answer = await _asked(client, home, propfind(*ALL), "1")
    if answer.status != 207:
        raise NotFoundThere
    listed = parse(answer.body).responses
    found = [_found(_named(answer.url, each.href), each) for each in listed if is_calendar(each)]
    return sorted((each for each in found if each.is_writable), key=lambda each: (each.name, each.url))


async def _described(client: DavClient, url: str, *names: str) -> tuple[str, Response] | None:
    answer = await _asked(client, url, propfind(*names), "0")
    if answer.status == FORBIDDEN:
        raise ClosedThere
    if answer.status != 207:
        return None
    responses = parse(answer.body).responses
    return (answer.url, responses[0]) if responses else None


async def _asked(client: DavClient, url: str, body: str, depth: str) -> Answer:
    """Follows redirects, each of which is judged before the password goes there."""
    for _ in range(MOST_REDIRECTS):
        answer = await client.request("PROPFIND", url, body, {"Depth": depth})
        if answer.status not in REDIRECTS:
            return answer
        target = urljoin(url, answer.headers.get("location", ""))
        check_redirect(url, target)
        url = target
    raise NotFoundThere


def check_redirect(source: str, target: str) -> None:
    """Raises LedAstray. Another host only from the well-known address and over https; https never ends."""
    before, after = urlsplit(source), urlsplit(target)
    is_safe = after.scheme == "https" or (after.scheme, before.scheme) == ("http", "http")
    is_same = (after.hostname, port_of(after)) == (before.hostname, port_of(before)) or _goes_secure(
        before, after
    )
    is_well_known = before.path == WELL_KNOWN and after.scheme == "https"
    if not is_safe or not (is_same or is_well_known) or after.username:
        raise LedAstray


def port_of(address: SplitResult) -> int | None:
    return address.port or USUAL_PORTS.get(address.scheme)


def _goes_secure(before: SplitResult, after: SplitResult) -> bool:
    """From plain http to the same host's https, each at its usual port."""
    usual = (before.scheme, port_of(before), after.scheme, port_of(after)) == ("http", 80, "https", 443)
    return usual and before.hostname == after.hostname


def _named(url: str, href: str) -> str:
    """An address that a property names. Raises LedAstray when it is on another host without https."""
    target = urljoin(url, href)
    before, after = urlsplit(url), urlsplit(target)
    is_same = (after.scheme, after.netloc) == (before.scheme, before.netloc)
    if not is_same and (before.scheme, after.scheme) != ("https", "https"):
        raise LedAstray
    return target


def is_calendar(has: Response) -> bool:
    """For events: one that names no kinds takes all (RFC 4791, 5.2.3)."""
    kinds, parts = has.props.get(TYPE), has.props.get(PARTS)
    if kinds is None or kinds.find(f"{CALDAV}calendar") is None:
        return False
    named = [] if parts is None else [each.get("name", "").upper() for each in parts]
    return not named or "VEVENT" in named


def _found(url: str, has: Response) -> Found:
    path = url if url.endswith("/") else url + "/"
    return Found(path, has.text(NAME) or last_part(path), _is_writable(has))


def last_part(url: str) -> str:
    """What a calendar without a name is called."""
    return unquote(url.rstrip("/").rpartition("/")[2])


def _is_writable(has: Response) -> bool:
    """RFC 3744: a server that names no privileges is taken at its first write."""
    rights = has.props.get(RIGHTS)
    if rights is None or not len(rights):
        return True
    named = {each.tag.removeprefix(DAV) for each in rights.iterfind(f"{DAV}privilege/*")}
    return bool(named & {"all", "write"}) or named >= {"write-content", "bind"}
