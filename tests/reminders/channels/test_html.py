"""The HTML part: the same words, whatever somebody typed, and nothing to load from elsewhere."""

import re
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

import pytest
from reminders.clinic import Clinic
from reminders.mailbox import Mailbox, html_of, text_of

from vetagenda_reminders.channels.html import Page, page
from vetagenda_reminders.facts import PracticeFacts

LINK = "https://rdv.example.org/v1/links/" + "AbC_-9" * 12
NASTY = [
    "<script>alert(1)</script>",
    "</mj-text><mj-raw><img src=x onerror=alert(1)></mj-raw>",
    "</title></style></div><a href='https://evil.test'>x</a>",
    "Dupont & Fils",
    "\"guillemets\" et 'apostrophes'",
    '"><mj-include path="/etc/passwd" />',
    "{{text}} {{link}} {practice} $subject \\1",
    "<!-- link --> --> <![endif]-->",
    "&lt;déjà&gt; &#60;",
]


class Reader(HTMLParser):
    """What a mail client sees: the words of the body, the tags, and where links go."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.languages: set[str | None] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.languages |= {value for name, value in attrs if name == "lang"}
        self.links += [value for name, value in attrs if name in ("href", "src", "background")]
        if tag in ("p", "br", "div"):
            self.text += "\n"

    def handle_data(self, data: str) -> None:
        self.text += data


def shown(body: str = "Bonjour", link: str | None = None, **changes: Any) -> Reader:
    about = {"id": uuid4(), "name": "Clinique du Parc", "time_zone": "Europe/Paris"}
    practice = PracticeFacts.model_validate(about | changes.pop("practice", {}))
    fields = {"language": "fr", "subject": "Rappel"} | changes
    return Reader(page(Page(body=body, practice=practice, links=(link,) if link else (), **fields)))


PLAIN = shown()


@pytest.mark.parametrize("typed", NASTY)
def test_what_somebody_typed_is_shown_and_never_run(typed: str) -> None:
    """REM-9: names, subjects and template bodies are words, in the page as in the text."""
    practice = {"name": typed, "address": typed, "phone": typed}
    page = shown(f"Avant\n\n{typed}\n{typed}", subject=typed, practice=practice)
    assert page.text.count(typed) == PLAIN.text.count("Clinique du Parc") + 2 + PLAIN.text.count("Rappel") + 2
    assert set(page.tags) <= {*PLAIN.tags, "br"}
    assert page.links == PLAIN.links == []


def test_it_says_who_writes_and_in_which_language() -> None:
    about = {"address": "1 rue du Parc, 75014 Paris", "phone": "+33144556677"}
    page = shown("Guten Tag", language="de", practice=about)
    assert page.languages == {"de"}
    for words in ("Clinique du Parc", *about.values()):
        assert words in page.text


def test_paragraphs_and_lines_stay() -> None:
    words = shown("Bonjour,\nÉlodie\n\nÀ bientôt").text
    assert re.search(r"\nBonjour,\nÉlodie\nÀ bientôt", words)


def test_nothing_is_loaded_from_elsewhere() -> None:
    """It reads the same without pictures, and tells nobody that it was opened."""
    page = shown()
    assert not {"img", "link", "script", "iframe"} & set(page.tags)
    assert page.links == []


def test_the_owners_link_is_a_button_at_the_end_of_a_line() -> None:
    """REM-2: the address is behind the button, and not twice in the way."""
    page = shown(f"Confirmez : {LINK}\n\nÀ bientôt", LINK)
    assert page.links == [LINK]
    assert "Votre rendez-vous" in page.text
    assert LINK not in page.text
    assert re.search(r"Confirmez :\s*Votre rendez-vous\s+À bientôt", page.text)


def test_inside_a_sentence_it_is_a_link_too() -> None:
    page = shown(f"Par {LINK} ou par téléphone", LINK)
    assert page.links == [LINK, LINK]
    assert "Par Votre rendez-vous ou par téléphone" in page.text


def test_an_address_that_somebody_typed_is_no_link() -> None:
    assert shown("Voir https://evil.test/ ici", LINK).links == []


async def test_a_mail_has_both_parts(clinic: Clinic, mailbox: Mailbox) -> None:
    """REM-2, REM-9: in the practice's and the owner's own words, through templates and records."""
    nasty = "<b>Milou</b> & </mj-text>"
    await clinic.change(f"animals/{clinic.animal}", name=nasty)
    await clinic.change_practice(name='Clinique <du> "Parc" & Fils')
    text = {"email": {"subject": "{animal} <i>", "body": "<script>x</script> {animal}\n\n{link}"}}
    template = await clinic.make("templates", name="Nôtre", texts=text)
    await clinic.change(f"appointment-types/{clinic.vaccination}", confirmation_template_id=template["id"])
    await clinic.choose(confirmation=["email"], reminders=[], push_lead_hours=[])
    await clinic.book("2026-11-25T10:00:00+01:00")
    (mail,) = mailbox.to(clinic.email)
    assert mail["Subject"] == f"{nasty} <i>"
    assert text_of(mail).startswith(f"<script>x</script> {nasty}\n\nhttps://rdv.example.org/v1/links/")
    page = Reader(html_of(mail))
    assert {"script", "b", "i", "du"} & set(page.tags) == set()
    assert f"<script>x</script> {nasty}" in page.text
    assert page.links == [text_of(mail).split()[4]]
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
