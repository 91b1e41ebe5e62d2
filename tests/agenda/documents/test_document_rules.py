"""Which files are taken (AGD-8)."""

import pytest

from vetagenda_agenda.documents import rules
from vetagenda_kit.problems import InvalidRequest

PDF, PNG, JPEG = b"%PDF-1.7 x", b"\x89PNG\r\n\x1a\nx", b"\xff\xd8\xff\xe0x"


@pytest.mark.parametrize(
    ("content_type", "content", "media_type"),
    [
        ("application/pdf", PDF, "application/pdf"),
        ("Application/PDF; name=x", PDF, "application/pdf"),
        ("image/png", PNG, "image/png"),
        ("image/jpeg", JPEG, "image/jpeg"),
        ("text/plain; charset=utf-8", "Vermifugé à 10 €".encode(), "text/plain"),
    ],
)
def test_a_file_that_is_what_it_says_is_taken(content_type: str, content: bytes, media_type: str) -> None:
    assert rules.check_file(content_type, content) == media_type


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        ("text/html", b"<script>"),
        ("image/svg+xml", b"<svg/>"),
        ("application/octet-stream", PDF),
        ("", PDF),
        ("application/pdf", PNG),
        ("application/pdf", b"<html>%PDF-"),
        ("image/png", JPEG),
        ("image/jpeg", b"\xff\xd8"),
        ("text/plain", b"\xff\xfe"),
        ("text/plain", b"a\x00b"),
    ],
)
def test_any_other_file_is_refused(content_type: str, content: bytes) -> None:
    with pytest.raises(rules.UnsupportedFile):
        rules.check_file(content_type, content)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        rules.check_file("application/pdf", b"")


@pytest.mark.parametrize("name", ["../x.pdf", "a/b.pdf", "a\\b.pdf", "a\r\nSet-Cookie: x", "..", " . "])
def test_a_name_with_a_path_or_control_characters_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequest):
        rules.check_name(name)


def test_a_download_is_an_attachment_that_no_browser_guesses_about() -> None:
    headers = rules.download_headers('Plutôt "2".pdf', "application/pdf")
    assert headers["Content-Disposition"] == (
        "attachment; filename=\"document.pdf\"; filename*=UTF-8''Plut%C3%B4t%20%222%22.pdf"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
