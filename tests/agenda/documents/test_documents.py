"""Documents over HTTP: upload, explicit sharing, what a partner sees, download (AGD-8)."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from agenda.conftest import Clinic
from harness import admin_url
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from vetagenda_agenda.documents.files import Folder

PDF = b"%PDF-1.7\n" + bytes(range(256)) + b"\n%%EOF\n"
PARTNER = ("documents:read", "documents:write")


async def upload(
    clinic: Clinic, content: bytes = PDF, content_type: str = "application/pdf", **query: Any
) -> httpx.Response:
    asked = {"name": "Röntgen.pdf", "animal_id": clinic.animal} | query
    return await clinic.http.post(
        f"{clinic.path}/documents",
        params={name: value for name, value in asked.items() if value is not None},
        content=content,
        headers={"Content-Type": content_type},
    )


async def uploaded(clinic: Clinic, **query: Any) -> dict[str, Any]:
    answer = await upload(clinic, **query)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def listed(client: httpx.AsyncClient, clinic: Clinic, **query: Any) -> list[str]:
    answer = await client.get(f"{clinic.path}/documents", params=query)
    return [item["id"] for item in answer.json()["items"]]


def modes_in(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}


async def test_what_was_uploaded_is_downloaded_as_an_attachment(clinic: Clinic) -> None:
    document = await uploaded(clinic)
    assert (document["size_bytes"], document["shared"], document["shared_at"]) == (len(PDF), False, None)
    answer = await clinic.http.get(f"{clinic.path}/documents/{document['id']}/content")
    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"].endswith("filename*=UTF-8''R%C3%B6ntgen.pdf")


async def test_a_document_lies_in_one_record_and_an_owners_list_has_the_animals_too(clinic: Clinic) -> None:
    of_owner = await uploaded(clinic, animal_id=None, owner_id=clinic.owner)
    of_animal = await uploaded(clinic)
    other = await clinic.make("owners", family_name="Autre")
    assert await listed(clinic.http, clinic, owner_id=clinic.owner) == [of_owner["id"], of_animal["id"]]
    assert await listed(clinic.http, clinic, animal_id=clinic.animal) == [of_animal["id"]]
    assert await listed(clinic.http, clinic, owner_id=other["id"]) == []
    for both in ({"owner_id": clinic.owner}, {"animal_id": None}):
        answer = await upload(clinic, **both)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "?owner_id")


async def test_a_file_of_another_kind_or_record_is_refused(clinic: Clinic) -> None:
    html = await upload(clinic, b"<script>alert(1)</script>", "text/html")
    assert (html.status_code, html.json()["code"]) == (415, "unsupported-file")
    disguised = await upload(clinic, b"<script>alert(1)</script>")
    assert disguised.status_code == 415
    elsewhere = await upload(clinic, animal_id=clinic.owner)
    assert (elsewhere.status_code, elsewhere.json()["detail"]) == (404, "?animal_id: there is no such animal")
    nobody = await upload(clinic, animal_id=None, owner_id=clinic.animal)
    assert (nobody.status_code, nobody.json()["detail"]) == (404, "?owner_id: there is no such owner")
    assert (await upload(clinic, name="../../etc/passwd")).status_code == 422
    assert (await upload(clinic, b"")).status_code == 422


async def test_ten_megabytes_are_taken_and_not_one_byte_more(clinic: Clinic) -> None:
    largest = b"%PDF-" + bytes(10_000_000 - 10) + b"%%EOF"
    assert (await upload(clinic, largest)).status_code == 201
    assert (await upload(clinic, b"%PDF-" + largest)).status_code == 413


async def test_a_partner_sees_only_what_was_shared_and_only_until_it_is_withdrawn(clinic: Clinic) -> None:
    shared, kept = await uploaded(clinic), await uploaded(clinic)
    path = f"{clinic.path}/documents"
    async with clinic.house.client("agenda", clinic.id, scopes=PARTNER) as partner:
        assert await listed(partner, clinic) == []
        assert (await partner.get(f"{path}/{shared['id']}/content")).status_code == 404
        assert (await partner.post(f"{path}/{kept['id']}/share")).status_code == 404, "the practice shares"
        told = (await clinic.http.post(f"{path}/{shared['id']}/share")).json()
        assert (told["shared"], told["shared_by"]) == (True, "api_key:key-of-the-test")
        assert await listed(partner, clinic) == [shared["id"]]
        assert (await partner.get(f"{path}/{shared['id']}/content")).content == PDF
        withdrawn = (await clinic.http.post(f"{path}/{shared['id']}/unshare")).json()
        assert (withdrawn["shared"], withdrawn["shared_at"]) == (False, None)
        assert await listed(partner, clinic) == []
        assert (await partner.get(f"{path}/{shared['id']}/content")).status_code == 404
    assert await listed(clinic.http, clinic) == [shared["id"], kept["id"]]


async def test_each_act_is_told_once_and_kept_with_who_and_when(clinic: Clinic) -> None:
    """PART-9: repeating an act changes nothing."""
    document = await uploaded(clinic)
    for act in ("share", "share", "unshare", "unshare", "share"):
        await clinic.http.post(f"{clinic.path}/documents/{document['id']}/{act}")
    events = await clinic.house.events("agenda", clinic.id)
    told = [event for event in events if event["subject"] == document["id"]]
    nouns = ["uploaded", "shared", "unshared", "shared"]
    assert [event["type"] for event in told] == [f"agenda.document.{noun}" for noun in nouns]
    assert [event["data"]["version"] for event in told] == [1, 2, 3, 4]
    assert "ntgen" not in str(told), "a file's name may be a person's"
    async with clinic.house.services["agenda"].db.jobs_reading() as session:
        query = text("SELECT actor_id, at FROM change WHERE subject_id = :id ORDER BY version")
        kept = (await session.execute(query, {"id": document["id"]})).all()
    assert [row.actor_id for row in kept] == ["key-of-the-test"] * 4


async def test_a_repeated_upload_makes_one_document(clinic: Clinic) -> None:
    """PART-10."""
    clinic.http.headers["Idempotency-Key"] = "scan-1"
    first, second = await uploaded(clinic), await uploaded(clinic)
    assert first["id"] == second["id"]


async def test_parallel_uploads_all_arrive_and_the_files_are_private(clinic: Clinic) -> None:
    made = await asyncio.gather(*(uploaded(clinic, name=f"{n}.pdf") for n in range(8)))
    assert sorted(await listed(clinic.http, clinic)) == sorted(each["id"] for each in made)
    folder: Path = clinic.house.services["agenda"].settings.documents_folder / str(clinic.id)
    assert modes_in(folder) == {each["id"]: 0o600 for each in made}


_REFUSE_ONE = """
    CREATE FUNCTION agenda.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON agenda.document FOR EACH ROW
    WHEN (NEW.name = 'refused.pdf') EXECUTE FUNCTION agenda.refuse()
"""


@pytest_asyncio.fixture
async def refusing(clinic: Clinic) -> AsyncIterator[None]:
    """The database refuses the row of a document `refused.pdf`."""
    engine = create_async_engine(admin_url(clinic.house.database), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        for statement in _REFUSE_ONE.split(";\n"):
            await connection.execute(text(statement))
        yield
        await connection.execute(text("DROP FUNCTION agenda.refuse CASCADE"))
    await engine.dispose()


@pytest.mark.usefixtures("refusing")
async def test_a_failed_upload_leaves_no_file(clinic: Clinic) -> None:
    """The file is kept before the row: when that is refused, it goes too, and no other does."""
    kept = await uploaded(clinic)
    assert (await upload(clinic, name="refused.pdf")).status_code == 500
    folder: Path = clinic.house.services["agenda"].settings.documents_folder / str(clinic.id)
    assert list(modes_in(folder)) == [kept["id"]]
    read = await clinic.http.get(f"{clinic.path}/documents/{kept['id']}/content")
    assert read.content == PDF


async def test_a_write_that_fails_midway_leaves_nothing_half_written(tmp_path: Path) -> None:
    practice_id, document_id = uuid4(), uuid4()
    in_the_way = tmp_path / str(practice_id) / str(document_id) / "x"
    in_the_way.mkdir(parents=True)
    with pytest.raises(IsADirectoryError):
        await Folder(tmp_path).keep(practice_id, document_id, PDF)
    assert [path.name for path in in_the_way.parents[1].iterdir()] == [str(document_id)]


async def test_an_upload_given_up_halfway_is_dropped_for_good(tmp_path: Path) -> None:
    """Nothing appears on the disk once the caller knows that it was given up."""
    practice_id, document_id = uuid4(), uuid4()
    files = Folder(tmp_path)
    writing = asyncio.create_task(files.keep(practice_id, document_id, PDF * 40_000))
    await asyncio.sleep(0)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    files.drop(practice_id, document_id)
    assert list((tmp_path / str(practice_id)).iterdir()) == []


async def test_the_scopes_are_asked_for(clinic: Clinic) -> None:
    async with clinic.house.client("agenda", clinic.id, scopes=["documents:read"]) as reader:
        answer = await reader.post(f"{clinic.path}/documents", params={"name": "x.pdf"}, content=PDF)
        assert (answer.status_code, answer.json()["scope"]) == (403, "documents:write")
    async with clinic.house.client("agenda", clinic.id, scopes=["agenda:read"]) as other:
        assert (await other.get(f"{clinic.path}/documents")).status_code == 403
