"""DESK-9: a start as it is said, and which three are."""

from datetime import date, datetime, time

import pytest

from vetagenda_booking.desk.speaking import spoken, spoken_window, three

NOW = datetime(2026, 11, 23, 9)


@pytest.mark.parametrize(
    ("start", "locale", "said"),
    [
        ("2026-11-24T10:15", "fr", "demain, mardi 24 novembre à 10 heures 15"),
        ("2026-11-23T14:00", "fr-CH", "aujourd'hui, lundi 23 novembre à 14 heures"),
        ("2026-12-01T14:30", "fr", "mardi 1er décembre à 14 heures 30"),
        ("2026-12-02T01:00", "fr", "mercredi 2 décembre à 1 heure"),
        ("2026-12-02T00:15", "fr", "mercredi 2 décembre à 0 heure 15"),
        ("2026-12-01T09:05", "fr-FR", "mardi 1er décembre à 9 heures 5"),
        ("2026-11-24T10:15", "de-CH", "morgen, Dienstag, 24. November um 10 Uhr 15"),
        ("2026-12-01T09:00", "de", "Dienstag, 1. Dezember um 9 Uhr"),
        ("2026-11-24T10:15", "en", "tomorrow, Tuesday 24 November at 10:15 in the morning"),
        ("2026-11-25T12:30", "en-GB", "Wednesday 25 November at 12:30 in the afternoon"),
        ("2026-11-25T12:00", "en", "Wednesday 25 November at noon"),
        ("2026-11-25T00:30", "en", "Wednesday 25 November at 12:30 in the morning"),
        ("2026-11-25T19:00", "it", "Wednesday 25 November at 7 o'clock in the evening"),
    ],
)
def test_it_is_said_so_that_nobody_comes_on_another_day(start: str, locale: str, said: str) -> None:
    assert spoken(datetime.fromisoformat(start), NOW, locale) == said


def test_tomorrow_is_named_over_the_end_of_a_month() -> None:
    said = spoken(datetime(2026, 12, 1, 9), datetime(2026, 11, 30, 23, 50), "fr")
    assert said == "demain, mardi 1er décembre à 9 heures"


@pytest.mark.parametrize(
    ("window", "locale", "said"),
    [
        ((time(8), time(9)), "fr", "demain, mardi 24 novembre entre 8 heures et 9 heures"),
        ((time(1), time(12, 30)), "fr", "demain, mardi 24 novembre entre 1 heure et 12 heures 30"),
        ((time(8), time(9)), "de", "morgen, Dienstag, 24. November zwischen 8 Uhr und 9 Uhr"),
        (
            (time(8, 30), time(12)),
            "en",
            "tomorrow, Tuesday 24 November between 8:30 in the morning and noon",
        ),
        (None, "fr", "demain, mardi 24 novembre"),
    ],
)
def test_a_hidden_hour_is_a_window_or_the_day_alone(
    window: tuple[time, time] | None, locale: str, said: str
) -> None:
    assert spoken_window(date(2026, 11, 24), window, NOW, locale) == said


def slots(*texts: str) -> list[datetime]:
    return [datetime.fromisoformat(f"2026-11-{each}") for each in texts]


@pytest.mark.parametrize(
    ("offered", "said"),
    [
        (("24T09:00", "24T09:20", "24T15:00", "25T09:00"), ("24T09:00", "24T15:00", "25T09:00")),
        (("24T09:00", "24T09:20", "25T09:00", "26T09:00"), ("24T09:00", "25T09:00", "26T09:00")),
        (("24T09:00", "24T09:20", "24T09:40", "24T10:00"), ("24T09:00", "24T09:20", "24T09:40")),
        (("24T09:00", "24T15:00", "24T15:20"), ("24T09:00", "24T15:00", "24T15:20")),
        (("24T09:00", "24T09:20"), ("24T09:00", "24T09:20")),
        ((), ()),
    ],
)
def test_three_that_leave_a_choice(offered: tuple[str, ...], said: tuple[str, ...]) -> None:
    assert three(slots(*offered)) == slots(*said)
