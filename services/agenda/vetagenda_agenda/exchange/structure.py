"""The frame of an iCalendar file: what begins must end. The parser is silent when one was cut off."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from vetagenda_kit.problems import InvalidRequest

_CALENDAR, _EVENT = "VCALENDAR", "VEVENT"


@dataclass(frozen=True)
class Begun:
    name: str
    line: int


def unfolded(content: str) -> Iterator[tuple[int, str]]:
    """Content lines (RFC 5545, 3.1), each with the number of the line on which it begins."""
    number, begun = 1, ""
    for following, line in enumerate(re.split(r"\r?\n", content), 1):
        if line[:1] in (" ", "\t") and following > 1:
            begun += line[1:]
            continue
        if following > 1:
            yield number, begun
        number, begun = following, line
    yield number, begun


def check(content: str) -> None:
    """Raises InvalidRequest at `/content`, naming the line, when anything is open or not in its place."""
    open_ones: list[Begun] = []
    calendars = 0
    for number, line in unfolded(content):
        word, _, name = line.strip().upper().partition(":")
        name = name.strip()
        if word == "BEGIN":
            _check_begin(Begun(name, number), open_ones)
            calendars += name == _CALENDAR
            open_ones.append(Begun(name, number))
        elif word == "END":
            _check_end(Begun(name, number), open_ones)
            open_ones.pop()
        elif word and not open_ones:
            raise _damaged(number, "this stands outside of BEGIN:VCALENDAR and END:VCALENDAR")
    if open_ones:
        raise _damaged(
            open_ones[-1].line, f"{open_ones[-1].name} begins and never ends: is the file cut off?"
        )
    if not calendars:
        raise InvalidRequest.at("/content", "this is no iCalendar file (RFC 5545): it has no BEGIN:VCALENDAR")


def _check_begin(begun: Begun, open_ones: list[Begun]) -> None:
    if not open_ones and begun.name != _CALENDAR:
        raise _damaged(begun.line, f"{begun.name or 'something'} begins outside of a VCALENDAR")
    around = open_ones[-1] if open_ones else None
    if around and (begun.name == _CALENDAR or (begun.name == _EVENT and around.name != _CALENDAR)):
        raise _damaged(begun.line, f"{begun.name} begins inside the {around.name} of line {around.line}")


def _check_end(ended: Begun, open_ones: list[Begun]) -> None:
    if not open_ones:
        raise _damaged(ended.line, f"{ended.name or 'something'} ends and never began")
    around = open_ones[-1]
    if ended.name != around.name:
        raise _damaged(ended.line, f"END:{ended.name}, but the {around.name} of line {around.line} is open")


def _damaged(line: int, reason: str) -> InvalidRequest:
    return InvalidRequest.at("/content", f"line {line}: {_short(reason)}")


def _short(reason: str) -> str:
    return reason if len(reason) <= 150 else f"{reason[:150]}..."
