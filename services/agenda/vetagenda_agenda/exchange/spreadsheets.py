"""CSV (RFC 4180) that spreadsheets open without harm, written and read. No SQL, no clock."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from vetagenda_agenda.exchange import rules, statuses
from vetagenda_agenda.exchange.calendar_files import Entry
from vetagenda_agenda.exchange.rules import Content, Line, Unreadable
from vetagenda_kit.problems import InvalidRequest

BOM = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CONSENTS = ("sms", "email", "letter", "phone")
_ADDRESS = ("street", "postal_code", "city", "country")
_TEXTS = (
    *("calendars", "appointment_type", "owner_id", "owner_name", "animal_ids"),
    *("title", "description", "notes", "phone"),
)
APPOINTMENTS = ("id", "version", "uid", "status", "start", "end", *_TEXTS, "source")
OWNERS = (
    *("id", "version", "given_name", "family_name", "phone", "email", "locale", "address"),
    *_ADDRESS,
    *(f"consent_{name}" for name in _CONSENTS),
    *("birth_date", "remark"),
)
ANIMALS = ("id", "version", "owner_id", "name", "species", "breed", "born_on", "deceased_on")
_READ = {
    "appointment": (*APPOINTMENTS, "external_id", "duration_minutes"),
    "owner": (*OWNERS, "external_id"),
    "animal": (*ANIMALS, "external_id"),
}
_DAYS = {"day-first": ("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y"), "month-first": ("%m/%d/%Y", "%m-%d-%Y")}
_YES, _NO = ("true", "yes", "1", "x", "oui", "ja"), ("", "false", "no", "0", "non", "nein")


def guarded(cell: str) -> str:
    """No cell begins as a formula: such a one gets an apostrophe, which `plain` takes off again."""
    return f"'{cell}" if cell.startswith((*_FORMULA, "'")) else cell


def plain(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:2] in {*_FORMULA, "'"} and len(cell) > 1 else cell


def rows(cells: Iterable[Iterable[Any]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([guarded("" if each is None else str(each)) for each in row] for row in cells)
    return text.getvalue()


def appointment(entry: Entry, zone: ZoneInfo) -> list[Any]:
    """Times as RFC 3339 on the practice's clock with the offset: never floating."""
    row = entry.row
    times = [each.astimezone(zone).isoformat() for each in (row.start, row.end)]
    names = [";".join(entry.calendars), entry.appointment_type, row.owner_id, entry.owner_name]
    texts = [row.title, row.description, row.notes, row.phone]
    animals = ";".join(str(each) for each in row.animal_ids)
    return [row.id, row.version, row.uid, row.status, *times, *names, animals, *texts, row.source]


def owner(row: Any) -> list[Any]:
    parts = row.address if isinstance(row.address, dict) else {}
    lines = row.address if isinstance(row.address, str) else None
    consents = [str(bool(row.consents.get(name))).lower() for name in _CONSENTS]
    own = [row.id, row.version, row.given_name, row.family_name, row.phone, row.email, row.locale, lines]
    learnt = (row.birth_date, row.remark)
    return [*own, *(parts.get(name) for name in _ADDRESS), *consents, *learnt]


def animal(row: Any) -> list[Any]:
    return [getattr(row, name) for name in ANIMALS]


def read(
    content: str, kind: str, mapping: Mapping[str, str], zone: ZoneInfo, date_format: str = "iso"
) -> Content:
    """Every row below the header. Raises InvalidRequest for what is no table with our columns."""
    header, *body = _table(content.removeprefix(BOM))
    columns = _columns(header, kind, mapping)
    numbered = [(number, row) for number, row in enumerate(body, 2) if any(row)]
    rules.check_count(len(numbered))
    lines = [_line(number, row, columns, len(header), kind, zone, date_format) for number, row in numbered]
    return Content(rules.only_once(lines), _ignored(header, columns, body))


def _ignored(header: list[str], columns: Mapping[str, int], body: list[list[str]]) -> tuple[str, ...]:
    """Columns that nothing is read from; one without a name only when it is not empty."""
    filled = {position for row in body for position, cell in enumerate(row) if cell.strip()}
    notes = []
    for position, name in enumerate(header):
        known = position in columns.values()
        if not known and name.strip():
            notes.append(f"column {plain(name).strip()[:200]} is left out")
        elif not known and position in filled:
            notes.append(f"column {position + 1} has no name and is left out")
    return rules.shortened(notes)


def _table(content: str) -> list[list[str]]:
    """Commas, semicolons or tabs: what the header has most of."""
    first = content.splitlines()[0] if content.strip() else ""
    delimiter = max(",;\t", key=first.count)
    try:
        table = list(csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise InvalidRequest.at("/content", "this is no CSV file (RFC 4180)") from error
    if not table or not any(table[0]):
        raise InvalidRequest.at("/content", "the first row must name the columns")
    return table


def _columns(header: list[str], kind: str, mapping: Mapping[str, str]) -> dict[str, int]:
    """Our field -> position. Columns that we do not know are left alone."""
    names = [plain(name).strip().casefold() for name in header]
    places = {name: position for position, name in enumerate(names)}
    columns = {name: places[name] for name in _READ[kind] if name in places}
    for field, column in mapping.items():
        if field not in _READ[kind]:
            raise InvalidRequest.at(f"/mapping/{field}", f"one of {', '.join(_READ[kind])} is expected")
        if column.strip().casefold() not in places:
            raise InvalidRequest.at(f"/mapping/{field}", "the file has no such column")
        columns[field] = places[column.strip().casefold()]
    needed = {"appointment": "start", "owner": "family_name", "animal": "name"}[kind]
    if needed not in columns:
        raise InvalidRequest.at("/content", f"the file needs a column {needed}, or a mapping for it")
    _check_once(names, columns)
    return columns


def _check_once(names: list[str], columns: Mapping[str, int]) -> None:
    """Of two columns with one name it would be chance which is read."""
    for position in sorted(columns.values()):
        if names.count(names[position]) > 1:
            raise InvalidRequest.at("/content", f"the header names the column {names[position][:200]} twice")


def _line(
    number: int,
    row: list[str],
    columns: Mapping[str, int],
    width: int,
    kind: str,
    zone: ZoneInfo,
    date_format: str,
) -> Line:
    external_id = ""
    try:
        if len(row) != width:
            more = "more" if len(row) > width else "fewer"
            raise Unreadable("line", f"{more} cells ({len(row)}) than columns ({width})")
        cells = {name: plain(row[position]) for name, position in columns.items()}
        external_id = _id(kind, cells)
        values, notes = _VALUES[kind](cells, zone, date_format)
        version = cells.get("version", "")
        known = int(version) if version.isdecimal() and len(version) < 9 else None
        return Line(number=number, external_id=external_id, version=known, values=values, notes=notes)
    except Unreadable as wrong:
        return rules.refused(number, external_id, wrong)


def _id(kind: str, cells: Mapping[str, str]) -> str:
    for name in ("external_id", "uid", "id"):
        given = cells.get(name, "").strip()
        if len(given) > rules.LONGEST_ID:
            raise Unreadable(name, f"at most {rules.LONGEST_ID} characters are expected")
        if given:
            return given
    return rules.digest_of(kind, *(f"{name}={cell}" for name, cell in sorted(cells.items())))


Values = tuple[dict[str, Any], tuple[str, ...]]


def _appointment(cells: Mapping[str, str], zone: ZoneInfo, date_format: str) -> Values:
    start, notes = _moment(cells["start"], "start", zone, date_format)
    values: dict[str, Any] = {name: cells[name] for name in _TEXTS if name in cells}
    values |= {"start": start, "status": statuses.status_of(cells.get("status", ""), "status")}
    if cells.get("end"):
        values["end"], more = _moment(cells["end"], "end", zone, date_format)
        notes += more
    elif cells.get("duration_minutes"):
        values["end"] = rules.after_minutes(start, cells["duration_minutes"].strip())
    return values, notes


def _moment(cell: str, field: str, zone: ZoneInfo, date_format: str) -> tuple[datetime, tuple[str, ...]]:
    moment = _parsed(cell.strip(), field, date_format)
    if moment.tzinfo is not None:
        return rules.in_utc(moment, field), ()
    instant, notes = rules.instant_of(moment, zone, field)
    return instant, (rules.floating(field, zone), *notes)


def _parsed(cell: str, field: str, date_format: str) -> datetime:
    if date_format == "iso" and len(cell) > 10:
        try:
            return datetime.fromisoformat(cell)
        except ValueError:
            raise Unreadable(field, "a date and time such as 2031-03-04T10:00+01:00 is expected") from None
    for days in _DAYS.get(date_format, ()):
        for hours in ("%H:%M", "%H:%M:%S"):
            try:
                return datetime.strptime(cell, f"{days} {hours}")  # noqa: DTZ007 - the zone is ours to give
            except ValueError:
                continue
    raise Unreadable(field, f"a date and time, written {date_format}, is expected")


def _owner(cells: Mapping[str, str], _zone: ZoneInfo, date_format: str) -> Values:
    required: dict[str, Any] = {
        name: cells[name] for name in ("given_name", "family_name", "remark") if name in cells
    }
    optional = {name: cells[name].strip() or None for name in ("phone", "email", "locale") if name in cells}
    values = required | optional
    if "birth_date" in cells:
        values["birth_date"] = _day(cells["birth_date"].strip(), "birth_date", date_format)
    if cells.get("street"):
        values["address"] = {name: cells[name] for name in _ADDRESS if cells.get(name)}
    elif "address" in cells or "street" in cells:
        values["address"] = cells.get("address") or None
    consents = {name: _flag(f"consent_{name}", cells) for name in _CONSENTS if f"consent_{name}" in cells}
    return values | ({"consents": consents} if consents else {}), ()


def _flag(name: str, cells: Mapping[str, str]) -> bool:
    word = cells[name].strip().lower()
    if word not in (*_YES, *_NO):
        raise Unreadable(name, "true or false is expected")
    return word in _YES


def _animal(cells: Mapping[str, str], _zone: ZoneInfo, date_format: str) -> Values:
    values: dict[str, Any] = {name: cells[name] for name in ("owner_id", "name") if name in cells}
    values |= {name: cells[name].strip() or None for name in ("species", "breed") if name in cells}
    for name in ("born_on", "deceased_on"):
        if name in cells:
            values[name] = _day(cells[name].strip(), name, date_format)
    return values, ()


def _day(cell: str, field: str, date_format: str) -> Any:
    if not cell or date_format == "iso":
        return cell or None
    return _parsed(f"{cell} 00:00", field, date_format).date()


_VALUES: dict[str, Callable[[Mapping[str, str], ZoneInfo, str], Values]] = {
    "appointment": _appointment,
    "owner": _owner,
    "animal": _animal,
}
