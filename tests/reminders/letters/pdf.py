"""Reads the text of our PDF files and where it stands, with nothing but Python."""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

_OBJECT = re.compile(rb"(\d+) 0 obj\s*(<<.*?>>)\s*(stream\r?\n|endobj)", re.DOTALL)
_LINE = re.compile(rb"1 0 0 -1 ([-\d.]+) ([-\d.]+) cm[^\n]*\nBT [^/\n]*/(f\d+) ([\d.]+) Tf [^\[]*\[")
_TOKEN = re.compile(rb"\\([0-7]{1,3}|.)|([()\]])|([^\\()\]]+)", re.DOTALL)
_NAMED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_MM = 25.4 / 72


@dataclass(frozen=True)
class Line:
    """A run of text; `x` and `y` in millimetres from the page's upper left corner to its base line."""

    text: str
    x: float
    y: float
    size: float


def pages(pdf: bytes) -> list[list[Line]]:
    """The lines of every page, in order."""
    objects = _objects(pdf)
    tree = next(head for head, _ in objects.values() if b"/Type/Pages" in head)
    kids = re.findall(rb"(\d+) 0 R", tree.split(b"/Kids")[1])
    return [_lines(objects, int(kid)) for kid in kids]


def text(page: list[Line]) -> str:
    return "\n".join(line.text for line in page)


def _objects(pdf: bytes) -> dict[int, tuple[bytes, bytes]]:
    found, at = {}, 0
    while match := _OBJECT.search(pdf, at):
        head, content, at = match[2], b"", match.end()
        length = re.search(rb"/Length (\d+)", head)
        if match[3] != b"endobj" and length:
            content = pdf[at : at + int(length[1])]
            at += int(length[1])
            content = zlib.decompress(content) if b"/FlateDecode" in head else content
        found[int(match[1])] = (head, content)
    return found


def _lines(objects: Mapping[int, tuple[bytes, bytes]], page: int) -> list[Line]:
    head = objects[page][0]
    height = float(re.search(rb"/MediaBox\s*\[0 0 [\d.]+ ([\d.]+)\]", head)[1])  # type: ignore[index]
    fonts = _fonts(objects, _reference(head, b"Resources"))
    content = objects[_reference(head, b"Contents")][1]
    return [
        Line(
            _decoded(_shown(content, match.end()), fonts[match[3]]),
            float(match[1]) * _MM,
            (height - float(match[2])) * _MM,
            float(match[4]),
        )
        for match in _LINE.finditer(content)
    ]


def _reference(head: bytes, name: bytes) -> int:
    return int(re.search(rb"/" + name + rb" (\d+) 0 R", head)[1])  # type: ignore[index]


def _fonts(objects: Mapping[int, tuple[bytes, bytes]], resources: int) -> dict[bytes, dict[bytes, str]]:
    named = re.findall(rb"/(f\d+) (\d+) 0 R", objects[resources][0])
    return {name: _signs(objects[_reference(objects[int(font)][0], b"ToUnicode")][1]) for name, font in named}


def _signs(cmap: bytes) -> dict[bytes, str]:
    _, _, cmap = cmap.partition(b"endcodespacerange")
    pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>\n", cmap)
    return {
        bytes.fromhex(code.decode()): bytes.fromhex(sign.decode()).decode("utf-16-be") for code, sign in pairs
    }


def _shown(content: bytes, at: int) -> bytes:
    """The strings of an array without the distances between them. Parentheses that close may stand bare."""
    shown, depth = b"", 0
    for token in _TOKEN.finditer(content, at):
        escape, mark, plain = token.groups()
        if mark == b"]" and not depth:
            break
        before, depth = depth, depth + {b"(": 1, b")": -1}.get(mark, 0)
        if escape is not None:
            shown += bytes([int(escape, 8)]) if escape.isdigit() else _NAMED.get(escape, escape)
        elif min(before, depth):
            shown += mark or plain
    return shown


def _decoded(raw: bytes, signs: Mapping[bytes, str]) -> str:
    return "".join(signs.get(raw[at : at + 2], "\ufffd") for at in range(0, len(raw), 2))
