"""`/docs/problems`: a paragraph per problem code, where the `type` of every problem document points."""

import re
from html import escape

from vetagenda_gateway.contracts.pages import page
from vetagenda_gateway.contracts.problem_texts import EXPLAINED

_INTRODUCTION = """<p>Every error is a problem document (RFC 9457,
<code>application/problem+json</code>) with <code>type</code>, <code>title</code>, <code>status</code>,
<code>detail</code>, <code>instance</code>, <code>code</code> and <code>request_id</code>. Decide by
<code>code</code>: it never changes its meaning. Members that come with a code are named below. See also
the <a href="/docs">reference</a>.</p>
"""


def html() -> str:
    paragraphs = (_paragraph(code, *text) for code, text in EXPLAINED.items())
    return page("Problems", _INTRODUCTION + "".join(paragraphs))


def _paragraph(code: str, status: int, text: str) -> str:
    marked = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
    return f'<h2 id="{code}">{code} <span class="status">{status}</span></h2>\n<p>{marked}</p>\n'
