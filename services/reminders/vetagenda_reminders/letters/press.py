"""Draws sheets in a process of its own: `python -I press.py a4 < letters.json > letters.pdf`.

Typst keeps what it has drawn in memory for the next time, which is of no use here and holds names and
addresses; with the process it is gone. The output's first line is JSON: the ids of the letters that do not
fit and are left out (`too_long`), and of those with a character that no font has and that stands as an empty
box (`undrawn`). The rest is the PDF, of no bytes when no letter fits. Nothing of the platform is imported, so
that it starts fast.
"""

import json
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import typst

_SIGNS = '#set text(font: "Libertinus Serif")\n#sys.inputs.signs'
_PARTS = ("recipient", "subject", "body")
_INVISIBLE = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})
_CHOOSE_A_FORM = frozenset(map(chr, range(0xFE00, 0xFE10)))


def compiler_of(paper: str, data: str) -> "typst.Compiler":
    """`data` is JSON. The fonts are those that Typst carries; nothing is read beside the folder's sheets."""
    import typst  # the service names this file only: it is this process that draws

    folder = Path(__file__).parent
    return typst.Compiler(
        str(folder / f"{paper}.typ"), root=str(folder), ignore_system_fonts=True, sys_inputs={"data": data}
    )


def main(paper: str) -> int:
    data = json.loads(sys.stdin.buffer.read())
    too_long = set(json.loads(_compiler(paper, data).query("<too-long>", field="value")))
    data["letters"] = [letter for letter in data["letters"] if letter["id"] not in too_long]
    told = {"too_long": sorted(too_long), "undrawn": undrawn(data)}
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n")
    if data["letters"]:
        sys.stdout.buffer.write(_pdf(_compiler(paper, data)))
    return 0


def _compiler(paper: str, data: Any) -> "typst.Compiler":
    return compiler_of(paper, json.dumps(data))


def _pdf(compiler: "typst.Compiler") -> bytes:
    pdf = compiler.compile(format="pdf")
    assert isinstance(pdf, bytes)
    return pdf


def undrawn(data: Any) -> list[str]:
    """The ids of letters with a character that no font has."""
    shared = "".join(data["sender"]) + data["date"]
    texts = {each["id"]: shared + "".join(each[part] for part in _PARTS) for each in data["letters"]}
    signs = {sign for text in texts.values() for sign in text if _is_shown(sign)}
    missing = set(_missing(sorted(signs)))
    return [one for one, text in texts.items() if not missing.isdisjoint(text)]


def _is_shown(sign: str) -> bool:
    return sign > "\xff" and sign not in _CHOOSE_A_FORM and unicodedata.category(sign) not in _INVISIBLE


def _missing(signs: list[str]) -> Iterator[str]:
    """By halves, since nearly always all can be drawn."""
    if not signs or _can_draw(signs):
        return
    if len(signs) == 1:
        yield signs[0]
        return
    middle = len(signs) // 2
    yield from _missing(signs[:middle])
    yield from _missing(signs[middle:])


def _can_draw(signs: list[str]) -> bool:
    """Each behind a letter, which a sign that goes above or below one needs."""
    import typst

    text = " ".join(f"o{sign}" for sign in signs)
    given = {"signs": text}
    try:  # PDF/A wants every character drawn: Typst refuses then what it would draw as a box
        typst.compile(
            _SIGNS.encode(), format="pdf", ignore_system_fonts=True, sys_inputs=given, pdf_standards="a-2b"
        )
    except typst.TypstError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
