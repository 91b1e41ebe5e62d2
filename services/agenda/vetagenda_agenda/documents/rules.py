"""Which files are taken, and how they are handed out again."""

from urllib.parse import quote

from vetagenda_kit.problems import InvalidRequest, Problem

LARGEST_BYTES = 10_000_000

_SUFFIXES = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "text/plain": ".txt",
}
MEDIA_TYPES = tuple(_SUFFIXES)
_BEGINNINGS = {
    "application/pdf": b"%PDF-",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
}


class UnsupportedFile(Problem):
    """No type that is taken, or the content is not what its type says. Member: `media_types`."""

    status, code, title = 415, "unsupported-file", "This kind of file is not taken"


def check_file(content_type: str, content: bytes) -> str:
    """The media type without parameters. Raises UnsupportedFile, InvalidRequest when it is empty."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type not in _SUFFIXES:
        raise UnsupportedFile(f"{', '.join(MEDIA_TYPES)} are taken", media_types=list(MEDIA_TYPES))
    if not content:
        raise InvalidRequest.at("", "the body is the file: it is empty")
    if not _is(media_type, content):
        raise UnsupportedFile(f"the content is not {media_type}", media_types=list(MEDIA_TYPES))
    return media_type


def _is(media_type: str, content: bytes) -> bool:
    beginning = _BEGINNINGS.get(media_type)
    return content.startswith(beginning) if beginning else _is_text(content)


def _is_text(content: bytes) -> bool:
    try:
        return "\x00" not in content.decode("utf-8")
    except UnicodeDecodeError:
        return False


def check_name(name: str) -> str:
    """A file's name without a path. Raises InvalidRequest."""
    if not name.isprintable() or "/" in name or "\\" in name or name.strip(". ") == "":
        raise InvalidRequest.at("?name", "a file's name without a path is expected")
    return name


def download_headers(name: str, media_type: str) -> dict[str, str]:
    """An attachment (RFC 6266) that no browser guesses about, runs or keeps."""
    plain = f"document{_SUFFIXES[media_type]}"
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    }
