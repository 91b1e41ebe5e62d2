"""WebDAV's XML (RFC 4918, 4791, 6578): what is asked, and what a multistatus answers. No entities, ever."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, ParseError, SubElement, register_namespace, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from vetagenda_calendar_sync.engine.ports import RemoteTrouble

DAV, CALDAV = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
CTAG = "{http://calendarserver.org/ns/}getctag"
ETAG, DATA, SYNC_TOKEN = f"{DAV}getetag", f"{CALDAV}calendar-data", f"{DAV}sync-token"
register_namespace("D", "DAV:")
register_namespace("C", "urn:ietf:params:xml:ns:caldav")


@dataclass(frozen=True)
class Response:
    """One resource. `status` is of the whole of it when there is one; `props` are those it has."""

    href: str
    status: int
    props: dict[str, Element]

    def text(self, name: str) -> str:
        found = self.props.get(name)
        return (found.text or "").strip() if found is not None else ""

    def data(self) -> str:
        found = self.props.get(DATA)
        return (found.text or "") if found is not None else ""

    def href_in(self, name: str) -> str:
        """The first address within a property."""
        found = self.props.get(name)
        return (found.findtext(f"{DAV}href") or "").strip() if found is not None else ""


@dataclass(frozen=True)
class Multistatus:
    responses: list[Response]
    sync_token: str = ""


def parse(body: bytes) -> Multistatus:
    """Raises RemoteTrouble for what is none: a cut or foreign answer promises nothing."""
    root = _parsed(body)
    if root is None or root.tag != f"{DAV}multistatus":
        raise RemoteTrouble("no multistatus")
    responses = [_response(each) for each in root.findall(f"{DAV}response")]
    return Multistatus(responses, (root.findtext(SYNC_TOKEN) or "").strip())


def precondition(body: bytes) -> str:
    """The name of the precondition that an error states (RFC 4918, 16), "" without one."""
    root = _parsed(body) if body.lstrip()[:1] == b"<" else None
    if root is None or root.tag != f"{DAV}error" or not len(root):
        return ""
    return root[0].tag.rpartition("}")[2][:60]


def _parsed(body: bytes) -> Element | None:
    try:
        found: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    return found


def _response(element: Element) -> Response:
    props: dict[str, Element] = {}
    for propstat in element.findall(f"{DAV}propstat"):
        if _status(propstat) == 200:
            props |= {prop.tag: prop for prop in propstat.iterfind(f"{DAV}prop/*")}
    return Response((element.findtext(f"{DAV}href") or "").strip(), _status(element), props)


def _status(element: Element) -> int:
    """From `HTTP/1.1 404 Not Found`; 200 where nothing is said."""
    words = (element.findtext(f"{DAV}status") or "").split()
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 200


def propfind(*names: str) -> str:
    root = Element(f"{DAV}propfind")
    _props(root, names)
    return _written(root)


def sync_collection(token: str) -> str:
    """Without `DAV:limit`: servers disagree on what it means, and lose items over it."""
    root = Element(f"{DAV}sync-collection")
    SubElement(root, SYNC_TOKEN).text = token
    SubElement(root, f"{DAV}sync-level").text = "1"
    _props(root, (ETAG, DATA))
    return _written(root)


def calendar_query(since: datetime) -> str:
    """Events that end after `since`, series with any such instance."""
    root = Element(f"{CALDAV}calendar-query")
    _props(root, (ETAG, DATA))
    calendar = SubElement(SubElement(root, f"{CALDAV}filter"), f"{CALDAV}comp-filter", name="VCALENDAR")
    events = SubElement(calendar, f"{CALDAV}comp-filter", name="VEVENT")
    SubElement(events, f"{CALDAV}time-range", start=f"{since.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    return _written(root)


def calendar_multiget(hrefs: Iterable[str]) -> str:
    root = Element(f"{CALDAV}calendar-multiget")
    _props(root, (ETAG, DATA))
    for href in hrefs:
        SubElement(root, f"{DAV}href").text = href
    return _written(root)


def _props(root: Element, names: Iterable[str]) -> None:
    prop = SubElement(root, f"{DAV}prop")
    for name in names:
        SubElement(prop, name)


def _written(root: Element) -> str:
    return '<?xml version="1.0" encoding="utf-8"?>' + tostring(root, encoding="unicode")
