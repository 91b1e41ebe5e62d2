"""PLAT-2: a backup that is older than an erasure brings nobody back, and says nothing of them first."""

from pathlib import Path
from uuid import UUID

import pytest
from harness import house_of

from vetagenda_agenda.erasures.remembering import Remembered, file_of, remember, remembered
from vetagenda_agenda.erasures.tables import Erasure
from vetagenda_kit.clock import system_now
from vetagenda_kit.ids import uuid7


def row(practice_id: UUID, owner_id: UUID) -> Erasure:
    return Erasure(
        id=uuid7(),
        practice_id=practice_id,
        owner_id=owner_id,
        reason="retention",
        asked_by="user:1",
        asked_at=system_now(),
    )


async def test_who_was_erased_is_erased_again_before_anybody_asks(tmp_path: Path) -> None:
    async with house_of(tmp_path, "agenda", nats=False) as house:
        practice = await house.practice()
        path = f"/v1/practices/{practice}"
        async with house.client("agenda", practice) as client:
            made = await client.post(f"{path}/owners", json={"family_name": "Plutôt", "phone": "0612345678"})
            other = await client.post(f"{path}/owners", json={"family_name": "Martin"})
            owner, service = made.json()["id"], house.services["agenda"]
            remember(file_of(service.settings), row(practice, UUID(owner)))  # after the backup was taken
            async with house.apps["agenda"].router.lifespan_context(house.apps["agenda"]):
                assert (await client.get(f"{path}/owners/{owner}")).status_code == 404
                assert (await client.get(f"{path}/owners/{other.json()['id']}")).status_code == 200
                told = await client.get(f"{path}/owners/{owner}/erasure")
                assert told.json()["reason"] == "retention"
                found = await client.get(f"{path}/owners", params={"q": "plutôt"})
                assert found.json()["items"] == []


@pytest.mark.parametrize("cut", [1, 10, 60])
def test_a_line_that_a_crash_cut_off_hides_no_other(tmp_path: Path, cut: int) -> None:
    file = tmp_path / "erasures.jsonl"
    first, second, third = (row(uuid7(), uuid7()) for _ in range(3))
    remember(file, first)
    whole = file.read_bytes()
    remember(file, second)
    file.write_bytes(file.read_bytes()[: len(whole) + cut])
    remember(file, third)
    remember(file, third)
    expected = [Remembered(each.practice_id, each.owner_id, "retention") for each in (first, third)]
    assert list(remembered(file)) == expected


def test_it_is_readable_by_the_platform_alone(tmp_path: Path) -> None:
    file = tmp_path / "erasures.jsonl"
    remember(file, row(uuid7(), uuid7()))
    assert file.stat().st_mode & 0o777 == 0o600
