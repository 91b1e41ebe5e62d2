"""SMS-5: what is said of many counts."""

from vetagenda_sms.forecast.fields import SAMPLES
from vetagenda_sms.forecast.tally import MOST_BREAKERS, Cause, Recipient, Tally
from vetagenda_sms_text import PROFILES, STANDARD


def recipient(number: int, owner: str = "Lambert", animal: str = "Milou") -> Recipient:
    values = {"owner": owner, "owner_given_name": "", "owner_family_name": owner, "animal": animal}
    return Recipient(f"owner {number}", f"animal {number}", values)


def test_the_worst_come_first_and_all_are_counted() -> None:
    """SMS-5: over several pages."""
    tally = Tally("{owner}: {animal}. " + "a" * 50, SAMPLES, STANDARD)
    for page in range(4):
        tally.add(recipient(page * 100 + number) for number in range(100))
        tally.add(recipient(1000 + page * 20 + number, "Plutôt") for number in range(20))
    tally.add([recipient(5000, "Benoît", "ê" * 70), recipient(5001, "x" * 200)])
    found = tally.breakers()
    assert (tally.breaking, len(found)) == (82, MOST_BREAKERS)
    assert [each.owner_id for each in found[:2]] == ["owner 5000", "owner 5001"]
    assert found[0].causes == (Cause("owner", ("î",)), Cause("animal", ("ê",)))
    assert found[1].causes == (Cause("owner", ()),)
    assert {each.causes for each in found[2:]} == {(Cause("owner", ("ô",)),)}


def test_pages_in_another_order_say_the_same() -> None:
    """SMS-5."""
    pages = [[recipient(page * 50 + number, "é" * number) for number in range(40)] for page in range(5)]
    forwards, backwards = (Tally("{owner} {animal}" + "a" * 120, SAMPLES, STANDARD) for _each in range(2))
    for page in pages:
        forwards.add(page)
    for page in reversed(pages):
        backwards.add(page)
    assert forwards.segments == backwards.segments
    assert [each.counted for each in forwards.breakers()] == [each.counted for each in backwards.breakers()]


def test_a_wording_in_ucs2_is_nobodys_fault() -> None:
    """SMS-5: the names do not break what is broken."""
    tally = Tally("Plutôt {owner}", SAMPLES, STANDARD)
    tally.add([recipient(1, "Benoît"), recipient(2)])
    assert (tally.breaking, tally.breakers()) == (0, [])


def test_a_saving_is_never_a_loss() -> None:
    """SMS-5: what is longer in plain signs stays as it is."""
    tally = Tally("{owner}" + "…" * 70, SAMPLES, STANDARD)
    tally.add([recipient(1, "")])
    assert (tally.total, tally.with_plain_signs, tally.with_plain_names) == (1, 1, 1)


def test_names_without_accents_make_it_one() -> None:
    """SMS-5."""
    tally = Tally("{owner}, d’accord ? " + "a" * 100, SAMPLES, PROFILES["grapheme"])
    tally.add([recipient(1, "Plutôt"), recipient(2, "Élodie Lefèvre"), recipient(3, "Łukasz Œuf")])
    assert (tally.total, tally.with_plain_signs, tally.with_plain_names) == (6, 5, 3)
