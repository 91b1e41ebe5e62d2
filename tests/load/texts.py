"""(h) Texts counted a second beside smsutil, and the forecast of a practice with ten thousand animals."""

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import asyncpg
import smsutil
from journeys.clinic import Clinic

from load.figures import heading, line, ratio
from vetagenda_embedded.platform import Platform
from vetagenda_sms.forecast.fields import SAMPLES
from vetagenda_sms.forecast.tally import Recipient, Tally
from vetagenda_sms_text import STANDARD, segment

SECONDS = 1.0
RECIPIENTS = 10_000
PAGE = 2_000
AIM_RATIO = "10"
AIM_MILLISECONDS = 300
SENTENCE = "Bonjour Mme Martin, rappel : rendez-vous de Milou le 25/11/2026 à 10h00. Répondez OUI SVP. "
TEXTS = {
    "160 characters, gsm7": (SENTENCE * 2)[:160],
    "459 characters, gsm7": (SENTENCE * 6)[:459],
    "160 characters, ucs2": (SENTENCE * 2)[:159] + "ê",
    "459 characters, ucs2": (SENTENCE * 6)[:458] + "ê",
}
WORDING = (
    "Bonjour {owner}, le rappel de {animal|votre animal} est prévu le {when}. {practice}, {practice_phone}. "
    "Répondez STOP pour ne plus recevoir ces messages, merci et à bientot !"
)
GIVEN = ("Marie", "Élodie", "Jérôme", "François", "Anaïs", "Loïc", "Zoé", "Hélène")
ANIMALS = ("Milou", "Médor", "Rex", "Minou", "Fée", "Réglisse", "Noël", "Tonnerre de Brest")
_OWNERS = """
    INSERT INTO agenda.owner (id, practice_id, version, created_at, updated_at, given_name, family_name,
        phone, phone_e164, consents)
    SELECT gen_random_uuid(), $1, 1, now(), now(), ($3::text[])[1 + number % 8], 'Lambert ' || number,
        phone, phone, '{"sms": true}'
    FROM generate_series(1, $2) AS number,
        LATERAL (SELECT '+336' || lpad(number::text, 8, '0')) AS own (phone)
"""
_ANIMALS = """
    INSERT INTO agenda.animal (id, practice_id, version, created_at, updated_at, owner_id, name, species)
    SELECT gen_random_uuid(), $1, 1, now(), now(), id, ($2::text[])[1 + (hashtext(id::text) & 7)], 'dog'
    FROM agenda.owner WHERE practice_id = $1 AND family_name LIKE 'Lambert %'
"""


async def compare(platform: Platform, clinic: Clinic) -> None:
    heading("(h) texts counted on one core")
    for name, text in TEXTS.items():
        ours, theirs = _per_second(segment, text), _per_second(smsutil.split, text)
        line(name, f"{ours:8.0f} /s   smsutil {theirs:8.0f} /s")
        ratio("of smsutil", ours, theirs, AIM_RATIO)
    heading(f"(h) a forecast of {RECIPIENTS} recipients")
    pure = _milliseconds_of_counting()
    line("counting alone, one core", f"{pure:8.0f} ms   (aim {AIM_MILLISECONDS})")
    await _with_owners(platform, clinic)
    body = {"text": WORDING}
    await clinic.call("POST", "sms/forecast", json=body)
    begun = time.perf_counter()
    forecast = await clinic.call("POST", "sms/forecast", json=body)
    line("through the gateway", f"{1000 * (time.perf_counter() - begun):8.0f} ms")
    line("segments: recipients", forecast["segments"])


def _per_second(count: Callable[[str], Any], text: str) -> float:
    """Of processor time."""
    count(text)
    done, begun = 0, time.process_time()
    while (spent := time.process_time() - begun) < SECONDS:
        for _each in range(100):
            count(text)
        done += 100
    return done / spent


def _milliseconds_of_counting() -> float:
    """The first time, with nothing measured before."""
    recipients = [_recipient(number) for number in range(RECIPIENTS)]
    tally, begun = Tally(WORDING, SAMPLES, STANDARD), time.process_time()
    for first in range(0, RECIPIENTS, PAGE):
        tally.add(recipients[first : first + PAGE])
    tally.breakers()
    return 1000 * (time.process_time() - begun)


def _recipient(number: int) -> Recipient:
    given, family = GIVEN[number % len(GIVEN)], f"Lambert {number}"
    values = {"owner": f"{given} {family}", "animal": ANIMALS[number * 7 % 11 % len(ANIMALS)]}
    return Recipient(str(number), str(number), values)


async def _with_owners(platform: Platform, clinic: Clinic) -> None:
    connection = await asyncpg.connect(platform.database_url().replace("+asyncpg", "", 1))
    try:
        practice = UUID(clinic.practice_id)
        await connection.execute(_OWNERS, practice, RECIPIENTS, list(GIVEN))
        await connection.execute(_ANIMALS, practice, list(ANIMALS))
        await connection.execute("ANALYZE agenda.owner, agenda.animal")
    finally:
        await connection.close()
