"""`/docs/problems`: a paragraph per problem code, where the `type` of every problem document points."""

import re
from html import escape

from vetagenda_gateway.contracts.problem_texts import EXPLAINED

_HEAD = """<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>vetagenda problems</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="/docs/files/pages.css">
</head>
<body>
<h1>Problems</h1>
<p>Every error is a problem document (RFC 9457, <code>application/problem+json</code>) with <code>type</code>,
<code>title</code>, <code>status</code>, <code>detail</code>, <code>instance</code>, <code>code</code> and
<code>request_id</code>. Decide by <code>code</code>: it never changes its meaning. Members that come with a
code are named below. See also the <a href="/docs">reference</a>.</p>
"""


def html() -> str:
    return _HEAD + "".join(_paragraph(code, *text) for code, text in EXPLAINED.items()) + "</body>\n</html>\n"


def _paragraph(code: str, status: int, text: str) -> str:
    marked = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
    return f'<h2 id="{code}">{code} <span class="status">{status}</span></h2>\n<p>{marked}</p>\n'
