"""Which files are taken (AGD-8)."""

import struct
import zlib
from urllib.parse import unquote

import pytest

from vetagenda_agenda.documents import rules
from vetagenda_kit.problems import InvalidRequest


def chunk(name: bytes, body: bytes = b"") -> bytes:
    return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


PDF = b"%PDF-1.7\n1 0 obj\nendobj\nstartxref\n9\n%%EOF\n"
HEADER = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
PNG = b"\x89PNG\r\n\x1a\n" + HEADER + chunk(b"IDAT", zlib.compress(b"\x00\x00")) + chunk(b"IEND")
THUMBNAIL = segment(0xE1, b"Exif\x00\x00\xff\xd8\xff\xd9")
JPEG = b"\xff\xd8" + segment(0xE0, b"JFIF\x00") + THUMBNAIL + segment(0xDA, b"\x01") + b"scan\xff\x00\xff\xd9"


@pytest.mark.parametrize(
    ("content_type", "content", "media_type"),
    [
        ("application/pdf", PDF, "application/pdf"),
        ("Application/PDF; name=x", PDF, "application/pdf"),
        ("image/png", PNG, "image/png"),
        ("image/jpeg", JPEG, "image/jpeg"),
        ("image/png", PNG + b"added by an editor", "image/png"),
        ("image/jpeg", JPEG + b"added by a camera", "image/jpeg"),
        ("image/jpeg", b"\xff\xd8\xff" + JPEG[2:], "image/jpeg"),
        ("application/pdf", PDF + b"\x00" * 1000, "application/pdf"),
        ("text/plain; charset=utf-8", "Vermifugé à 10 €".encode(), "text/plain"),
        ('text/plain;Charset="UTF-8"', "Vermifugé à 10 €".encode(), "text/plain"),
        ("text/plain", "Vermifugé à 10 €".encode(), "text/plain"),
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
        ("image/png", PNG[:10]),
        ("image/png", PNG[:8] + chunk(b"IEND")),
        ("image/png", PNG[:8] + HEADER + chunk(b"IEND")),
        ("image/png", PNG[:8] + HEADER + b"\xff\xff\xff\xffIDAT" + bytes(20)),
        ("image/jpeg", b"\xff\xd8\xff\xe0\x00\x00\xff\xd9"),
        ("application/pdf", PDF + bytes(10_000)),
        ("text/plain", b"\xff\xfe"),
        ("text/plain", b"a\x00b"),
        ("text/plain; charset=utf-16", b"abcd"),
        ("text/plain; charset=iso-8859-1", b"abcd"),
        ("text/plain; charset=utf-8; charset=utf-16", b"abcd"),
        ("text/plain; charset", b"abcd"),
        ("text/plain; format=flowed", b"abcd"),
    ],
)
def test_any_other_file_is_refused(content_type: str, content: bytes) -> None:
    with pytest.raises(rules.UnsupportedFile):
        rules.check_file(content_type, content)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        rules.check_file("application/pdf", b"")


@pytest.mark.parametrize(
    ("media_type", "content"), [("application/pdf", PDF), ("image/png", PNG), ("image/jpeg", JPEG)]
)
def test_a_file_that_was_cut_off_anywhere_is_refused(media_type: str, content: bytes) -> None:
    for length in range(1, len(content.rstrip())):
        with pytest.raises(rules.UnsupportedFile):
            rules.check_file(media_type, content[:length])


@pytest.mark.parametrize(
    "name",
    [
        "Röntgen 1.pdf",
        "🐶.png",
        "👩‍⚕️ Milou.png",
        "Bildschirmfoto um 9.41\u202fAM.png",
        "می\u200cخواهم.pdf",
        ".x",
        "…",
        "犬.jpg",
    ],
)
def test_a_name_that_reads_as_it_is_is_taken(name: str) -> None:
    assert rules.check_name(name) == name


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../x.pdf", "without a path"),
        ("a/b.pdf", "without a path"),
        ("a\\b.pdf", "without a path"),
        ("a\r\nSet-Cookie: x", "U+000D"),
        ("invoice\u202efdp.exe", "U+202E"),
        ("\u200b", "U+200B"),
        ("a\u2028b", "U+2028"),
        ("..", "more than dots"),
        (" . ", "more than dots"),
        ("\u200d", "more than dots"),
        ("\u0301", "more than dots"),
    ],
)
def test_a_name_that_does_not_is_refused_with_the_reason(name: str, said: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        rules.check_name(name)
    (error,) = refused.value.members["errors"]
    assert error["pointer"] == "?name"
    assert said in error["detail"]


def test_a_download_is_an_attachment_that_no_browser_guesses_about() -> None:
    headers = rules.download_headers('Plutôt "2".pdf', "application/pdf")
    assert headers["Content-Disposition"] == (
        "attachment; filename=\"document.pdf\"; filename*=UTF-8''Plut%C3%B4t%20%222%22.pdf"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "media_type", "saved_as"),
    [
        ("x.pdf", "application/pdf", "x.pdf"),
        ("X.PDF", "application/pdf", "X.PDF"),
        ("x.jpeg", "image/jpeg", "x.jpeg"),
        ("x.JPG", "image/jpeg", "x.JPG"),
        ("x.exe", "application/pdf", "x.exe.pdf"),
        ("x.html", "text/plain", "x.html.txt"),
        ("x.txt", "image/png", "x.txt.png"),
        ("x.pdf.", "application/pdf", "x.pdf..pdf"),
        ("pdf", "application/pdf", "pdf.pdf"),
        ("Röntgen 1", "image/jpeg", "Röntgen 1.jpg"),
    ],
)
def test_what_is_saved_ends_as_its_type_does(name: str, media_type: str, saved_as: str) -> None:
    headers = rules.download_headers(name, media_type)
    assert unquote(headers["Content-Disposition"].partition("UTF-8''")[2]) == saved_as
