"""REM-3: how sentences stand behind one another, and whose clock an hour is of."""

import pytest

from vetagenda_reminders.templates.dates import zone_text
from vetagenda_reminders.templates.messages import joined, tells_hour

VALUES = {"when": "25/11/2026 à 10h00", "time": "10h00"}


@pytest.mark.parametrize(
    ("texts", "line"),
    [
        (["le 25/11/2026 à 10h00", "À jeun!"], "le 25/11/2026 à 10h00. À jeun!"),
        (["10h00 Milou, 11h00 Rex", "A jeun", "Le carnet"], "10h00 Milou, 11h00 Rex. A jeun. Le carnet"),
        (["Bonjour.", "À jeun"], "Bonjour. À jeun"),
        (["Venez !", "À jeun"], "Venez ! À jeun"),
        (["à 10h00", "chez Dr Lefèvre"], "à 10h00 chez Dr Lefèvre"),
        (["à 10h00", ", à jeun"], "à 10h00 , à jeun"),
        (["à 10h00", "(à jeun)"], "à 10h00. (à jeun)"),
        (["seul"], "seul"),
        ([], ""),
    ],
)
def test_sentences_do_not_run_into_one_another(texts: list[str], line: str) -> None:
    """REM-3: an addition may also go on with the default sentence."""
    assert joined(texts) == line


@pytest.mark.parametrize(
    ("zone", "fr", "de", "en"),
    [
        ("Europe/Paris", "Heure de Paris.", "Uhrzeit Paris.", "Paris time."),
        ("America/New_York", "Heure de New York.", "Uhrzeit New York.", "New York time."),
        ("Europe/Athens", "Heure d'Athènes.", "Uhrzeit Athen.", "Athens time."),
        ("Africa/Cairo", "Heure du Caire.", "Uhrzeit Kairo.", "Cairo time."),
        (
            "America/Argentina/Buenos_Aires",
            "Heure de Buenos Aires.",
            "Uhrzeit Buenos Aires.",
            "Buenos Aires time.",
        ),
        ("UTC", "Heure de UTC.", "Uhrzeit UTC.", "UTC time."),
    ],
)
def test_a_zone_is_called_by_its_city(zone: str, fr: str, de: str, en: str) -> None:
    """BOOK-10."""
    assert [zone_text(zone, language) for language in ("fr", "de", "en")] == [fr, de, en]


@pytest.mark.parametrize(
    ("text", "values", "told"),
    [
        ("rendez-vous le {when}", VALUES, True),
        ("à {time}", VALUES, True),
        ("Comment va {animal} ?", VALUES, False),
        ("le {date}", VALUES, False),
        ("le {when}", {"when": "25/11/2026", "time": ""}, False),
        ("avant le {until}", {"until": "24/11/2026 à 12h00"}, True),
        ("{when}", {}, False),
    ],
)
def test_a_zone_is_named_where_an_hour_is_told(text: str, values: dict[str, str], told: bool) -> None:
    """REM-5: a hidden hour without a window is none."""
    assert tells_hour([text], values) is told
