"""How a conflict reads in the description of a remote event, in the practice's language."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from vetagenda_calendar_sync.mapping.text import one_line

QUOTED = 80
LINES = {
    "fr": "Conflit ({field}) : l'agenda garde « {kept} » ; « {lost} » n'a pas été repris."
    " Modifiez de nouveau pour l'imposer.",
    "de": "Konflikt ({field}): Der Kalender behält „{kept}“; „{lost}“ wurde nicht übernommen."
    " Erneut ändern, um es durchzusetzen.",
    "en": "Conflict ({field}): the agenda keeps “{kept}”; “{lost}” was not taken. Edit again to insist.",
}
FIELDS = {
    "fr": {
        "title": "titre",
        "period": "horaire",
        "notes": "notes",
        "owner_name": "nom",
        "phone": "téléphone",
    },
    "de": {"title": "Titel", "period": "Zeit", "notes": "Notizen", "owner_name": "Name", "phone": "Telefon"},
    "en": {"title": "title", "period": "time", "notes": "notes", "owner_name": "name", "phone": "phone"},
}


def conflict_line(field: str, kept: Any, lost: Any, locale: str, zone: str) -> str:
    """Values as JSON: a period is [start, end]."""
    language = locale[:2].lower() if locale[:2].lower() in LINES else "fr"
    texts = {"kept": _text(kept, zone), "lost": _text(lost, zone), "field": FIELDS[language][field]}
    return LINES[language].format(**texts)


def _text(value: Any, zone: str) -> str:
    if isinstance(value, list):
        start, end = (datetime.fromisoformat(each).astimezone(ZoneInfo(zone)) for each in value)
        return f"{start:%d/%m/%Y %H:%M}-{end:%H:%M}"
    text = one_line(str(value))
    return text if len(text) <= QUOTED else text[: QUOTED - 1].rstrip() + "…"
