"""Is a file what its type says, and all of it? The frame is looked at, not what it shows.

An upload that broke off has its beginning: what tells is the end.
"""

from collections.abc import Callable

_PDF_TAIL_BYTES = 2048  # readers look for the end mark in the last kilobyte; some programs add padding


def is_pdf(content: bytes) -> bool:
    return content.startswith(b"%PDF-") and b"%%EOF" in content[-_PDF_TAIL_BYTES:]


def is_png(content: bytes) -> bool:
    """The chunks from IHDR to IEND are all there (PNG, 5.3 and 5.6). What follows IEND is left alone."""
    if not content.startswith(b"\x89PNG\r\n\x1a\n") or content[8:16] != b"\x00\x00\x00\rIHDR":
        return False
    position, drawn = 8, False
    while position + 12 <= len(content):
        length = int.from_bytes(content[position : position + 4], "big")
        name = content[position + 4 : position + 8]
        drawn = drawn or name == b"IDAT"
        position += 12 + length
        if name == b"IEND":
            return drawn and position <= len(content)
    return False


def is_jpeg(content: bytes) -> bool:
    """Segment by segment to the first scan; the end mark stands behind it (ISO 10918-1, B.1 and B.2).

    Cameras put a small picture with an end mark of its own before it, and other data behind.
    """
    if not content.startswith(b"\xff\xd8\xff"):
        return False
    position = 2
    while position + 4 <= len(content) and content[position] == 0xFF:
        marker = content[position + 1]
        if marker == 0xFF:
            position += 1
            continue
        position += 2 + int.from_bytes(content[position + 2 : position + 4], "big")
        if marker == 0xDA:
            return content.find(b"\xff\xd9", position) != -1
    return False


def is_text(content: bytes) -> bool:
    try:
        return "\x00" not in content.decode("utf-8")
    except UnicodeDecodeError:
        return False


IS_WHOLE: dict[str, Callable[[bytes], bool]] = {
    "application/pdf": is_pdf,
    "image/png": is_png,
    "image/jpeg": is_jpeg,
    "text/plain": is_text,
}
