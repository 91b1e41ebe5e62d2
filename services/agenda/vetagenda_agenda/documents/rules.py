"""Which files are taken, and how they are handed out again."""

from email.message import Message
from unicodedata import category
from urllib.parse import quote

from vetagenda_agenda.documents.structure import IS_WHOLE
from vetagenda_kit.problems import InvalidRequest, Problem

LARGEST_BYTES = 10_000_000

_SUFFIXES = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "text/plain": (".txt",),
}
"""The first is the usual one."""
MEDIA_TYPES = tuple(_SUFFIXES)
_PATH = ("/", "\\")
_JOINERS = ("\u200c", "\u200d")  # within emoji, and within words of some scripts
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")  # control, format (also bidirectional), half a pair, new lines


class UnsupportedFile(Problem):
    """No type that is taken, or the content is not what its type says. Member: `media_types`."""

    status, code, title = 415, "unsupported-file", "This kind of file is not taken"


def check_file(content_type: str, content: bytes) -> str:
    """The media type without parameters. Raises UnsupportedFile, InvalidRequest when it is empty."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type not in _SUFFIXES:
        raise UnsupportedFile(f"{', '.join(MEDIA_TYPES)} are taken", media_types=list(MEDIA_TYPES))
    if media_type == "text/plain" and not _is_utf8(content_type):
        raise UnsupportedFile(
            "text is taken as UTF-8, without a parameter or as charset=utf-8", media_types=list(MEDIA_TYPES)
        )
    if not content:
        raise InvalidRequest.at("", "the body is the file: it is empty")
    if not IS_WHOLE[media_type](content):
        raise UnsupportedFile(
            f"the content is not {media_type}, or not the whole file", media_types=list(MEDIA_TYPES)
        )
    return media_type


def _is_utf8(content_type: str) -> bool:
    """It is handed out as UTF-8: what is said to be anything else would come back as other signs."""
    header = Message()
    header["Content-Type"] = content_type
    parameters = header.get_params([])[1:]
    return all((name.lower(), value.lower()) == ("charset", "utf-8") for name, value in parameters)


def check_name(name: str) -> str:
    """A file's name without a path, that reads as it is. Raises InvalidRequest, which says what is wrong."""
    if any(each in name for each in _PATH):
        raise InvalidRequest.at("?name", "a file's name without a path is expected: it has a / or \\")
    for each in name:
        if category(each) in _UNSEEN and each not in _JOINERS:
            what = f"the character U+{ord(each):04X}, which is not seen or turns the text around"
            raise InvalidRequest.at("?name", f"a file's name must not have {what}")
    if not any(category(each)[0] in "LNSP" and each != "." for each in name):
        raise InvalidRequest.at("?name", "a file's name needs more than dots and spaces")
    return name


def saved_as(name: str, media_type: str) -> str:
    """The name under which it is saved ends as its type does: what is no program is never opened as one."""
    fitting = _SUFFIXES[media_type]
    return name if name.lower().endswith(fitting) else f"{name}{fitting[0]}"


def download_headers(name: str, media_type: str) -> dict[str, str]:
    """An attachment (RFC 6266) that no browser guesses about, runs or keeps."""
    plain, named = f"document{_SUFFIXES[media_type][0]}", quote(saved_as(name, media_type), safe="")
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{named}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    }
