"""The HTML part of an e-mail: its text once more, under the practice's name, readable without pictures.

The template is made into HTML once, before anybody's words are put in: what somebody typed is never read as
MJML, and stands escaped in the finished page.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files

import mrml

from vetagenda_reminders.facts import PracticeFacts

_FIELD = re.compile(r"\{\{(\w+)\}\}")
_LINK_PART = re.compile(r"<!-- link -->.*?<!-- /link -->", re.DOTALL)
_LABEL = {"fr": "Votre rendez-vous", "de": "Ihr Termin", "en": "Your appointment"}
_PARAGRAPH = '<p style="margin:0 0 16px 0">{}</p>'


@dataclass(frozen=True, slots=True)
class Page:
    """What an HTML part shows. `links` are the owner's addresses, a visit each, that may stand in `body`;
    `label` is what their button says, if not that it opens a visit."""

    language: str
    subject: str
    body: str
    practice: PracticeFacts
    links: tuple[str, ...] = ()
    label: str = ""


def page(content: Page) -> str:
    links = tuple(each for each in content.links if each in content.body)
    link = links[0] if len(links) == 1 else None
    practice, paragraphs = content.practice, content.body.split("\n\n")
    label = content.label or _LABEL[content.language]
    values = {
        "language": content.language,
        "subject": content.subject,
        "preview": _without(paragraphs[0], links),
        "practice": practice.name,
        "link": link or "",
        "label": label,
    }
    about = (practice.name, practice.address, practice.phone)
    written = [_paragraph(each, links, label) for each in paragraphs]
    button_at = _button_at(paragraphs, link)
    prepared = {
        "text": "".join(written[:button_at]),
        "rest": "".join(written[button_at:]),
        "sender": "<br>".join(escape(each) for each in about if each),
    }
    return _filled(
        {name: escape(value) for name, value in values.items()} | prepared, linked=link is not None
    )


def _button_at(paragraphs: list[str], link: str | None) -> int:
    """Below the paragraph that names the link."""
    naming = [number for number, text in enumerate(paragraphs, start=1) if link and link in text]
    return naming[-1] if naming else len(paragraphs)


def _paragraph(text: str, links: tuple[str, ...], label: str) -> str:
    lines = [_line(each, links, label) for each in text.splitlines()]
    said = "<br>".join(line for line in lines if line)
    return _PARAGRAPH.format(said) if said else ""


def _line(text: str, links: tuple[str, ...], label: str) -> str:
    """The button stands for an address that ends a line; inside a sentence there is a link. Of several
    visits no button could say which it opens: each has a link where it is named."""
    ended = escape(text.rstrip().removesuffix(links[0]).rstrip() if len(links) == 1 else text)
    for link in links:
        ended = ended.replace(escape(link), f'<a href="{escape(link)}">{escape(label)}</a>')
    return ended


def _without(text: str, links: tuple[str, ...]) -> str:
    for link in links:
        text = text.replace(link, " ")
    return " ".join(text.split())


def _filled(values: Mapping[str, str], *, linked: bool) -> str:
    """In one pass: a value that looks like a field is not one."""
    return _FIELD.sub(lambda field: values[field[1]], _template(linked))


@cache
def _template(linked: bool) -> str:
    source = files("vetagenda_reminders.channels").joinpath("message.mjml").read_text("utf-8")
    if not linked:
        source = _LINK_PART.sub("", source)
    made: str = mrml.to_html(source, mrml.ParserOptions(include_loader=mrml.noop_loader())).content
    return made
