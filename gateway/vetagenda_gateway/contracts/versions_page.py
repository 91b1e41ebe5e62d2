"""`/docs/versions`: the support matrix, for people."""

from collections.abc import Mapping
from html import escape
from typing import Any

from vetagenda_gateway.contracts.pages import page

_INTRODUCTION = """<p>A version of the API is in its path (<code>/v1</code>). Within a version fields
and operations are only added. What is to end is deprecated first, for at least six months: its answers
carry <code>Deprecation</code> (RFC 9745), <code>Sunset</code> (RFC 8594) and a <code>Link</code> to
this page. After that it answers <code>410</code> <a
href="/docs/problems#operation-gone"><code>operation-gone</code></a>, which names what to call instead.
The same as data: <a href="/v1/versions.json">versions.json</a>.</p>
"""


def html(table: Mapping[str, Any]) -> str:
    versions = _rows(table["versions"], ("name", "status", "since", "sunset"))
    parts = [
        _INTRODUCTION,
        _table(("version", "status", "since", "ends on"), versions),
        "<h2>Operations</h2>",
    ]
    if table["operations"]:
        columns = ("method", "path", "status", "since", "sunset", "successor")
        names = ("method", "path", "status", "since", "ends on", "instead")
        parts.append(_table(names, _rows(table["operations"], columns)))
    else:
        parts.append("<p>No operation is deprecated, and none is gone.</p>")
    return page("Versions", "\n".join(parts))


def _rows(items: list[dict[str, Any]], columns: tuple[str, ...]) -> str:
    return "".join(
        "<tr>" + "".join(f"<td>{escape(str(item[name] or ''))}</td>" for name in columns) + "</tr>\n"
        for item in items
    )


def _table(names: tuple[str, ...], rows: str) -> str:
    head = "".join(f"<th>{name}</th>" for name in names)
    return f"<table>\n<tr>{head}</tr>\n{rows}</table>"
