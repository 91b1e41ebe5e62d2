"""The sheets themselves: what stands on them, and where (REM-13)."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from reminders.letters.pdf import Line, pages, text

from vetagenda_reminders.facts import OwnerFacts, PostalAddress, PracticeFacts
from vetagenda_reminders.letters.paper import Format, Letter, dated, draw, recipient_of

DAY = date(2026, 12, 17)
SENTENCE = "Clinique du Parc, vous rappelle pour Milou : RAGE, prévu le 17/12/2026"
CODE = '#sys.version #image("/etc/passwd") *gras* _x_ $x^2$ @vous <a> \\u{41} \\ // /* ` = - + ~ #{panic()}'


def practice(**fields: Any) -> PracticeFacts:
    postal = {"street": "1 rue du Parc", "postal_code": "75014", "city": "Paris"}
    known = {
        "id": UUID(int=1),
        "name": "Clinique du Parc",
        "time_zone": "Europe/Paris",
        "phone": "01 23 45 67 89",
        "postal": postal,
    }
    return PracticeFacts.model_validate(known | fields)


def letter(number: int = 0, body: str = SENTENCE, **fields: str) -> Letter:
    usual = {
        "lang": "fr",
        "recipient": f"Élodie Plutôt {number}\n3 rue des Lilas\n75014 Paris",
        "subject": "Rappel pour Milou",
    }
    return Letter(id=str(number), body=body, **(usual | fields))


def drawn(
    paper: Format, letters: list[Letter] | None = None, sender: PracticeFacts | None = None
) -> list[list[Line]]:
    return pages(draw(paper, sender or practice(), DAY, letters or [letter()]).pdf)


def at(page: list[Line], wanted: str) -> Line:
    return next(line for line in page if wanted in line.text)


@pytest.mark.parametrize(("paper", "count"), [("a4", 500), ("cards", 167)])
def test_five_hundred_letters_are_one_file(paper: Format, count: int) -> None:
    """REM-13: A4 is one per page, cards are three per page."""
    sheets = drawn(paper, [letter(number) for number in range(500)])
    assert len(sheets) == count
    whole = [line.text for page in sheets for line in page]
    assert [line for line in whole if line.startswith("Élodie")] == [f"Élodie Plutôt {n}" for n in range(500)]
    assert whole.count("Rappel pour Milou") == 500


@pytest.mark.parametrize("paper", ["a4", "cards"])
def test_what_people_typed_is_never_run(paper: Format) -> None:
    """REM-13: signs that Typst takes for code stand on the paper as they were typed."""
    page = drawn(paper, [letter(body=CODE, recipient=CODE, subject=CODE)], practice(name=CODE))[0]
    assert "".join(text(page).split()).count("".join(CODE.split())) == 4


@pytest.mark.parametrize("paper", ["a4", "cards"])
def test_letters_of_our_languages_are_drawn(paper: Format) -> None:
    """REM-13: the fonts that Typst carries have all of them."""
    signs = "çÇéèêëàâîïôùûüÿœŒæÆßẞäöÄÖÜñłøåčžőţΑΩЖя €«»„“’–…№°½"
    whole = text(drawn(paper, [letter(body=signs)])[0])
    assert "".join(signs.split()) in "".join(whole.split())


@pytest.mark.parametrize("paper", ["a4", "cards"])
def test_lines_and_paragraphs_stay_as_they_were_typed(paper: Format) -> None:
    """REM-13."""
    page = drawn(paper, [letter(body="Un\nDeux\n\n\nTrois")])[0]
    one, two, three = (at(page, word).y for word in ("Un", "Deux", "Trois"))
    assert 0 < two - one < three - two


@pytest.mark.parametrize(
    ("paper", "country", "across", "down"),
    [
        ("a4", "FR", (100, 190), (55, 79)),
        ("a4", "BE", (100, 190), (55, 79)),
        ("a4", "DE", (20, 100), (50, 90)),
        ("a4", "AT", (20, 100), (50, 90)),
        ("cards", "FR", (100, 190), (55, 79)),
        ("cards", "DE", (20, 100), (50, 84)),
    ],
)
def test_the_address_alone_stands_in_the_window(
    paper: Format, country: str, across: tuple[int, int], down: tuple[int, int]
) -> None:
    """REM-13: in millimetres of the folded sheet, wherever it lies in its envelope (docs/letters.md)."""
    address = "Élodie Plutôt\nchez Martin\nBâtiment C\n3 rue des Lilas\n75014 Paris"
    page = drawn(paper, [letter(recipient=address)], practice(country=country))[0]
    shown = [line for line in page if line.y < 99 and _inside(line, across, down)]
    assert [line.text for line in shown if line.size > 8] == address.split("\n")
    assert all(line.y - line.size * 0.25 > down[0] for line in shown)


def _inside(line: Line, across: tuple[int, int], down: tuple[int, int]) -> bool:
    return across[0] <= line.x <= across[1] and down[0] <= line.y <= down[1]


def test_a_letter_says_who_writes_where_and_when() -> None:
    """REM-13: sender, date in the practice's language, subject, text."""
    lines = [line.text for line in drawn("a4")[0]]
    sender = ["Clinique du Parc", "1 rue du Parc", "75014 Paris", "Tél. 01 23 45 67 89"]
    assert lines[:4] == sender
    assert "Paris, le 17 décembre 2026" in lines
    assert lines[-2:] == ["Rappel pour Milou", SENTENCE]


def test_a_german_letter_repeats_the_sender_in_the_window() -> None:
    """REM-13: DIN 5008 form B has the sender's line over the address."""
    page = drawn("a4", sender=practice(country="DE", locale="de"))[0]
    line, name = at(page, "Clinique du Parc · 1 rue du Parc · 75014 Paris"), at(page, "Élodie")
    assert line.size < 8
    assert 50 < line.y < name.y < 90


def test_a_long_text_is_printed_smaller() -> None:
    """REM-13: it stays on its card, above the line where it is cut."""
    short, long = (drawn("cards", [letter(body=SENTENCE * times)] * 3)[0] for times in (1, 12))
    assert at(long, "vous rappelle").size < at(short, "vous rappelle").size
    ends = [max(line.y for line in long if line.y < cut) for cut in (99, 198, 297)]
    assert [cut - end > 4 for cut, end in zip((99, 198, 297), ends, strict=True)] == [True] * 3
    assert len(drawn("cards", [letter(body=SENTENCE * 12)] * 3)) == 1


@pytest.mark.parametrize(
    ("paper", "fields"),
    [
        ("cards", {"body": SENTENCE * 60}),
        ("cards", {"body": "\n".join("abcdefgh") * 20}),
        ("cards", {"body": "l" * 300}),
        ("cards", {"recipient": "\n".join(["rue"] * 12)}),
        ("cards", {"recipient": "W" * 200}),
        ("a4", {"body": SENTENCE * 200}),
        ("a4", {"recipient": "\n".join(["rue"] * 12)}),
        ("a4", {"body": "l" * 300}),
    ],
)
def test_what_fits_nowhere_is_left_out_by_name(paper: Format, fields: dict[str, str]) -> None:
    """REM-13: nothing is cut off silently, and the others are printed."""
    sheets = draw(paper, practice(), DAY, [letter(0), letter(1, **fields), letter(2)])
    assert sheets.too_long == ["1"]
    names = [line.text for page in pages(sheets.pdf) for line in page if line.text.startswith("Élodie")]
    assert names == ["Élodie Plutôt 0", "Élodie Plutôt 2"]
    alone = draw(paper, practice(), DAY, [letter(1, **fields)])
    assert (alone.pdf, alone.too_long) == (b"", ["1"])


SIGNS = ["é ô ß œ ł ğ", "Ω Ж я", "e\u0301", "\u200d\ufe0f\u202f", "→ € – …", "漢", "😀", "ก"]
BOXES = ["5", "6", "7"]
"""The numbers of those that no font has."""


@pytest.mark.parametrize("where", ["body", "subject", "recipient"])
def test_a_character_that_no_font_has_is_told_by_name(where: str) -> None:
    """REM-13: nobody posts a letter to an empty box unawares."""
    letters = [letter(number, **{where: f"Milou {sign} chien"}) for number, sign in enumerate(SIGNS)]
    sheets = draw("a4", practice(), DAY, letters)
    assert sheets.undrawn == BOXES
    assert len(pages(sheets.pdf)) == len(SIGNS)


def test_a_sender_that_no_font_can_write_concerns_every_letter() -> None:
    """REM-13."""
    sheets = draw("cards", practice(name="Clinique 漢"), DAY, [letter(0), letter(1)])
    assert sheets.undrawn == ["0", "1"]


@pytest.mark.parametrize(
    ("locale", "city", "day", "said"),
    [
        ("fr", "Paris", DAY, "Paris, le 17 décembre 2026"),
        ("fr-CA", "Paris", date(2026, 5, 1), "Paris, le 1er mai 2026"),
        ("fr", None, DAY, "Le 17 décembre 2026"),
        ("de", "Köln", DAY, "Köln, 17. Dezember 2026"),
        ("en", "Paris", DAY, "17 December 2026"),
    ],
)
def test_the_date(locale: str, city: str | None, day: date, said: str) -> None:
    """REM-13: in the practice's language."""
    assert dated(practice(locale=locale, postal={"city": city}), day) == said


@pytest.mark.parametrize(
    ("country", "line"), [("FR", None), (None, None), ("DE", "ALLEMAGNE"), ("CH", "SUISSE")]
)
def test_abroad_the_country_is_named(country: str | None, line: str | None) -> None:
    """REM-13: on the last line, as the post wants it."""
    owner = OwnerFacts(id=UUID(int=2), address=PostalAddress(country=country))
    lines = recipient_of("Élodie\n75014 Paris", owner, practice()).split("\n")
    assert lines[2:] == ([line] if line else [])


def test_a_practice_without_address_can_still_write() -> None:
    """REM-13."""
    lines = [line.text for line in drawn("a4", sender=practice(postal=None, phone=None, country="DE"))[0]]
    assert lines.count("Clinique du Parc") == 2
