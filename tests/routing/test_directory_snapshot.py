"""The snapshot of the directory: one small question a use, renewed as soon as somebody loads."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, update

from core.database import reading, transaction
from core.runtime import Runtime
from routing.directory import Directory, current_directory, read_directory
from routing.loading import bump_version
from routing.models import Office

BOTH = pytest.mark.backends("postgresql", "sqlite")


@contextmanager
def statements(runtime: Runtime) -> Iterator[list[str]]:
    """The SQL that the process sends meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(runtime.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(runtime.engine, "before_cursor_execute", note)


def rename_office(code: str, name: str) -> None:
    with transaction() as session:
        session.execute(update(Office).where(Office.code == code).values(name_th=name))
        bump_version(session)


class GivenUp(Exception):
    """A load that fails after it wrote."""


def rename_and_give_up() -> None:
    with transaction() as session:
        session.execute(update(Office).where(Office.code == "HQ").values(name_th="ไม่จริง"))
        bump_version(session)
        assert current_directory(session).office("HQ").name_th == "ไม่จริง"
        raise GivenUp


def look() -> Directory:
    with reading() as session:
        return current_directory(session)


@BOTH
def test_snapshot_answers_the_lookups_of_the_telephone(runtime: Runtime) -> None:
    directory = look()
    assert [one.code for one in directory.districts_of_postal_code("92160")] == ["9209"]
    assert directory.districts_of_postal_code("00000") == ()
    assert directory.district("9209").name_th == "รัษฎา"
    assert directory.province("92").name_en == "Trang"
    assert directory.office("ESA-9202").parent_code == "OBEC"
    assert directory.office("no such office") is None
    assert directory.district(None) is None


def test_second_look_is_the_same_snapshot_for_one_small_select(runtime: Runtime) -> None:
    first = look()
    with statements(runtime) as sent:
        second = look()
    assert second is first
    assert [one for one in sent if "SELECT" in one] == [sent[-1]]
    assert "directory_version" in sent[-1]


@BOTH
def test_snapshot_is_read_again_after_a_load(own_runtime: Runtime) -> None:
    before = look()
    rename_office("HQ", "ชื่อใหม่")
    after = look()
    assert after.office("HQ").name_th == "ชื่อใหม่"
    assert after.version == before.version + 1


def test_load_rolled_back_leaves_no_trace_in_the_snapshot(own_runtime: Runtime) -> None:
    name = look().office("HQ").name_th

    with pytest.raises(GivenUp):
        rename_and_give_up()
    assert look().office("HQ").name_th == name


def test_another_database_with_the_same_version_is_not_mistaken(empty_runtime: Runtime) -> None:
    with transaction() as session:
        bump_version(session)
    assert look().offices == {}


def test_database_without_a_load_gives_an_empty_directory(empty_runtime: Runtime) -> None:
    assert look() == Directory()


def test_schools_stay_out_of_the_snapshot(own_runtime: Runtime) -> None:
    with transaction() as session:
        session.add(
            Office(
                code="92020001",
                type="school",
                name_th="โรงเรียนสมมติ",
                name_en="Made-up School",
                parent_code="ESA-9202",
            )
        )
        bump_version(session)
    assert look().office("92020001") is None


def test_threads_share_one_snapshot_while_it_is_renewed(own_runtime: Runtime) -> None:
    rename_office("HQ", "ชื่อใหม่")
    seen: list[Directory] = []
    threads = [threading.Thread(target=lambda: seen.append(look())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(seen) == 6
    assert {one.office("HQ").name_th for one in seen} == {"ชื่อใหม่"}
    assert all(one is seen[0] for one in seen)


def test_snapshot_equals_the_tables(runtime: Runtime) -> None:
    with reading() as session:
        fresh = read_directory(session)
    kept = look()
    assert (fresh.offices, fresh.links) == (kept.offices, kept.links)
    assert (fresh.postal_codes, fresh.districts) == (kept.postal_codes, kept.districts)
