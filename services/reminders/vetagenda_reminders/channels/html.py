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
    """What an HTML part shows. `link` is the owner's address that stands in `body`, if any does."""

    language: str
    subject: str
    body: str
    practice: PracticeFacts
    link: str | None = None


def page(content: Page) -> str:
    link = content.link if content.link and content.link in content.body else None
    practice, paragraphs = content.practice, content.body.split("\n\n")
    values = {
        "language": content.language,
        "subject": content.subject,
        "preview": _without(paragraphs[0], link),
        "practice": practice.name,
        "link": link or "",
        "label": _LABEL[content.language],
    }
    about = (practice.name, practice.address, practice.phone)
    written = [_paragraph(each, link, _LABEL[content.language]) for each in paragraphs]
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


def _paragraph(text: str, link: str | None, label: str) -> str:
    lines = [_line(each, link, label) for each in text.splitlines()]
    said = "<br>".join(line for line in lines if line)
    return _PARAGRAPH.format(said) if said else ""


def _line(text: str, link: str | None, label: str) -> str:
    """The button stands for an address that ends a line; inside a sentence there is a link."""
    if link is None:
        return escape(text)
    ended = escape(text.rstrip().removesuffix(link).rstrip())
    return ended.replace(escape(link), f'<a href="{escape(link)}">{escape(label)}</a>')


def _without(text: str, link: str | None) -> str:
    return " ".join(text.replace(link or "\n", " ").split())


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
