"""SMS-6: a real Kannel with its fake network takes what we send, and calls back."""

from collections import Counter
from collections.abc import AsyncIterator
from itertools import product
from typing import Any

import pytest
from harness import eventually
from sms.desk import Desk
from sms.kannel import rig
from sms.reachable import CALLBACK_SECRET, Reachable, reachable
from sms_text import test_segments as table

from vetagenda_kit.clock import system_now
from vetagenda_kit.ids import uuid7
from vetagenda_sms.carriers.choice import connected
from vetagenda_sms.carriers.port import Submission
from vetagenda_sms.messages.rules import Status
from vetagenda_sms_text import Encoding, segment

_missing = rig.missing()
pytestmark = pytest.mark.skipif(_missing is not None, reason=_missing or "")

URGENT = {"class": "urgent"}
GET_URL = "&from=%p&to=%P&text=%a&id=%I&charset=%C&coding=%c"
_WORDS = (
    "Rappel : {name} a rendez-vous demain à 9 h 30 à la clinique. Merci de prévenir si vous ne venez pas. ",
    "Bonjour, le vaccin de {name} est à renouveler [CHPPiL + rage], tarif 65,50 €. Tél. 01 44 55 66 77. ",
    "Guten Tag, {name} hat am Dienstag um 14:15 Uhr einen Termin. Bitte nüchtern bringen! Grüße ",
    "Vermifuge {{comprimé}} pour {name} | 1/2 dose ~ 5 kg ^ \\ à donner le soir. ",
)
_NAMES, _LENGTHS = ("Milou", "Zoé", "Ñandu"), (60, 152, 153, 154, 159, 160, 161, 306, 307, 400)
CORPUS = [(words.format(name=name) * 8)[:size] for words, name, size in product(_WORDS, _NAMES, _LENGTHS)]


def gsm_texts() -> list[str]:
    """Those of the table of cases, and the corpus, whose last has no line break: it ends what was before. An
    empty text is not sent."""
    (cases,) = [mark.args[1] for mark in table.test_counts_and_cuts.pytestmark]  # type: ignore[attr-defined]
    lengths = ["e" * length for length in range(150, 162)]
    every = [case[0] for case in cases] + lengths + CORPUS
    return [text for text in every if text and segment(text).encoding is Encoding.GSM7]


@pytest.fixture(scope="module")
async def reached(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Reachable, rig.Kannel]]:
    ports, folder = rig.Ports.free(), tmp_path_factory.mktemp("kannel")
    given: dict[str, Any] = {
        "sms_carrier": "kannel",
        "sms_kannel_url": ports.url,
        "sms_kannel_username": rig.USER,
        "sms_kannel_password": rig.PASSWORD,
        "sms_sender": "VET",
        "sms_sender_number": "36180",
    }
    async with reachable(tmp_path_factory.mktemp("house"), **given) as house:
        replies = f"{house.url}/v1/sms/replies/kannel?secret={CALLBACK_SECRET}{GET_URL}"
        async with rig.running(folder, ports, replies) as kannel:
            yield house, kannel


@pytest.fixture
def kannel(reached: tuple[Reachable, rig.Kannel]) -> rig.Kannel:
    return reached[1]


@pytest.fixture
async def desk(reached: tuple[Reachable, rig.Kannel]) -> Desk:
    house = reached[0].house
    return Desk(house, await house.practice())


async def given_to(kannel: rig.Kannel, number: str, parts: int) -> list[rig.Part]:
    """What the network was given for a number, as soon as there are so many parts."""

    async def enough() -> list[rig.Part] | None:
        found = [part for part in kannel.submitted() if part.to == number]
        return found if len(found) >= parts else None

    found: list[rig.Part] = await eventually(enough, seconds=15)
    return found


async def become(desk: Desk, message_id: Any, status: str) -> None:
    async def so() -> bool:
        return await desk.status(message_id) == status

    await eventually(so, seconds=15)


async def test_predicted_segments_are_the_parts_that_leave(desk: Desk, kannel: rig.Kannel) -> None:
    """SMS-1, SMS-6: for every GSM-7 text of the table and of a corpus, as many, and with every character."""
    carrier, texts = connected(desk.service)["kannel"], gsm_texts()
    assert len(texts) > 140
    predicted, said = {}, {}
    for index, text in enumerate(texts):
        counted, number = segment(text), f"+336111{index:05}"
        predicted[number], said[number] = counted.segments, "".join(counted.parts).replace("\r", "")
        order = Submission(uuid7(), desk.practice_id, number, counted.encoding, counted.parts, None, "VET")
        assert (await carrier.submit(order)).status is Status.ACCEPTED

    async def all_left() -> bool:
        return len(of(kannel, predicted)) >= sum(predicted.values())

    await eventually(all_left, seconds=30)
    assert Counter(part.to for part in of(kannel, predicted)) == predicted
    assert {number: arrived(kannel, number) for number in said} == said
    assert [text for text in said.values() if "\n" in text], "some have a line break"


def arrived(kannel: rig.Kannel, number: str) -> str:
    """The whole text, but for carriage returns, which the fake network does not tell."""
    parts = sorted(of(kannel, [number]), key=lambda part: part.header)
    return b"".join(part.octets for part in parts).decode().replace("\r", "")


def of(kannel: rig.Kannel, numbers: Any) -> list[rig.Part]:
    return [part for part in kannel.submitted() if part.to in numbers]


async def test_an_escape_pair_is_not_cut(desk: Desk, kannel: rig.Kannel) -> None:
    """SMS-1: the parts are ours, not only as many."""
    text = "a" * 152 + "€" + "b" * 20
    await desk.order(to="+33612000001", text=text, **URGENT)
    await desk.run()
    parts = await given_to(kannel, "+33612000001", 2)
    assert [len(part.octets.decode()) for part in parts] == [152, 21]


async def test_a_message_is_one_call_however_many_parts_it_has(desk: Desk, kannel: rig.Kannel) -> None:
    """PLAT-6."""
    await desk.order(to="+33612000011", text="b" * 320, **URGENT)
    await desk.run()
    await given_to(kannel, "+33612000011", 3)
    found = (await desk.house.outward("sms", desk.practice_id, f"{system_now():%Y-%m}"))["sms"]
    assert (found["calls"], found["messages"], found["parts"]) == (1, 1, 3)
    assert found["bytes_sent"] > 320


@pytest.mark.parametrize(
    ("text", "number"),
    [("ç", "+33612000002"), ("Reçu, à bientôt 🐶", "+33612000003"), ("ê" * 71, "+33612000004")],
    ids=["one letter", "a sentence", "two parts"],
)
async def test_what_gsm_lacks_leaves_as_ucs2(desk: Desk, kannel: rig.Kannel, text: str, number: str) -> None:
    """SMS-6: ç is not turned into Ç, nor ê into a question mark."""
    await desk.order(to=number, text=text, **URGENT)
    await desk.run()
    parts = await given_to(kannel, number, segment(text).segments)
    assert "".join(part.octets.decode("utf-16-be") for part in parts) == text
    assert [bool(part.header) for part in parts] == [len(parts) > 1] * len(parts)


async def test_accents_of_gsm_arrive(desk: Desk, kannel: rig.Kannel) -> None:
    """SMS-1."""
    text = "é è à ù ì ò É Ç Ä Ö Ü ä ö ü ß Ñ ñ Æ æ Å å Ø ø £ ¥ § ¡ ¿ € | ^ { } [ ] ~ \\"
    await desk.order(to="+33612000005", text=text, **URGENT)
    await desk.run()
    (part,) = await given_to(kannel, "+33612000005", 1)
    assert (part.octets.decode(), part.sender) == (text, "VET")


async def test_a_delivery_is_told(desk: Desk, kannel: rig.Kannel) -> None:
    """SMS-6: Kannel calls the signed address that the message came with, sometimes before it has answered."""
    message_id = await desk.order(to="+33612000006", **URGENT)
    await desk.run()
    await become(desk, message_id, "delivered")
    assert (await desk.message(message_id))["carrier"] == "kannel"
    accepted, delivered = "sms.message.accepted", "sms.message.delivered"
    assert await desk.events(message_id) in ([accepted, delivered], [delivered])


async def test_an_owner_answers_stop(desk: Desk, kannel: rig.Kannel) -> None:
    """SMS-6: through Kannel's get-url; the answer to it is no SMS."""
    message_id = await desk.order(to="+33612000007", **URGENT)
    await desk.run()
    await given_to(kannel, "+33612000007", 1)
    kannel.hear("33612000007 36180 text STOP")

    async def answered() -> Any:
        return (await desk.message(message_id))["replies"]

    (reply,) = await eventually(answered, seconds=15)
    assert (reply["text"], reply["meaning"]) == ("STOP", "stop")
    assert len(of(kannel, ["+33612000007", "33612000007"])) == 1


@pytest.mark.parametrize(
    ("wrong", "status"), [({"sms_kannel_password": "x"}, "planned"), ({"sms_kannel_url": "off"}, "planned")]
)
async def test_wrong_settings_and_no_gateway_reject_nobodys_message(
    desk: Desk, kannel: rig.Kannel, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str], status: str
) -> None:
    """SMS-6: it waits until that is mended."""
    given = desk.service.settings.model_dump() | wrong
    if given["sms_kannel_url"] == "off":
        given["sms_kannel_url"] = rig.Ports.free().url
    changed = type(desk.service.settings)(**given)
    monkeypatch.setitem(desk.service.__dict__, "settings", changed)
    message_id = await desk.order(to="+33612000008", **URGENT)
    await desk.run()
    assert await desk.status(message_id) == status
