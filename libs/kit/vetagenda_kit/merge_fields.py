"""Merge fields: `{name}` in a text becomes a value, `{name|what else}` says what stands in for a missing one.

No logic: a text can name what it needs, say what stands in for it, and nothing else. Pure.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from vetagenda_kit.problems import InvalidRequest

LONGEST_FALLBACK = 80
_PLACEHOLDER = re.compile(r"\{([^{}|]*)(?:\|([^{}]*))?\}")
_SPACES = re.compile(r" {2,}")


def described(fields: Collection[str]) -> str:
    return ", ".join(f"`{{{name}}}`" for name in fields)


def named(text: str) -> Iterator[str]:
    """The fields of a text, each once."""
    yield from dict.fromkeys(field.group(1) for field in _PLACEHOLDER.finditer(text))


def check_fields(text: str, pointer: str, known: Collection[str]) -> None:
    """Raises InvalidRequest, which lists the `known` fields, for one that does not exist or a stray brace,
    and for a fallback that says nothing or too much."""
    unknown = [name for name in named(text) if name not in known]
    if unknown:
        told = f"unknown merge field {{{unknown[0][:30]}}}; there are: {', '.join(known)}"
        raise InvalidRequest.at(pointer, told)
    if set(_PLACEHOLDER.sub("", text)) & {"{", "}"}:
        raise InvalidRequest.at(pointer, "a brace opens or closes a merge field and nothing else")
    for field in _PLACEHOLDER.finditer(text):
        _check_fallback(field.group(2), pointer)


def _check_fallback(fallback: str | None, pointer: str) -> None:
    if fallback is None:
        return
    if not fallback.strip() or "|" in fallback or len(fallback) > LONGEST_FALLBACK:
        told = f"after `|` stands one plain text of at most {LONGEST_FALLBACK} characters"
        raise InvalidRequest.at(pointer, told)


def pieces(text: str) -> tuple[list[str], list[tuple[str, str]]]:
    """What stands around the fields, one more than there are fields; and each field with its fallback."""
    around, fields, end = [], [], 0
    for field in _PLACEHOLDER.finditer(text):
        around.append(text[end : field.start()])
        fields.append((field.group(1), field.group(2) or ""))
        end = field.end()
    return [*around, text[end:]], fields


def filled(value: str, fallback: str) -> str:
    """What stands in the place of a field."""
    return value if value.strip() else fallback


def closed_up(parts: Sequence[str]) -> str:
    """The text of these pieces, without the spaces that a missing value leaves behind."""
    text = "".join(parts)
    return (_SPACES.sub(" ", text) if "  " in text else text).strip()


def render(text: str, values: Mapping[str, str]) -> str:
    """Each field by its value, once: braces inside a value stay what they are. A field without a value
    becomes its fallback, or nothing, and the spaces around it close up."""
    return closed_up([_PLACEHOLDER.sub(lambda field: _filled(field, values), text)])


def _filled(field: re.Match[str], values: Mapping[str, str]) -> str:
    return filled(values.get(field.group(1), ""), field.group(2) or "")
