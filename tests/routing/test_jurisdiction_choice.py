"""When a jurisdiction counts, and which of two goes first."""

from datetime import UTC, datetime, timedelta

import pytest

from routing.rules import Question, choose_office
from routing.snapshot import Directory, District, Link, Office, Province, Rows, build_directory

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


def dated(dates: dict[str, datetime]) -> Directory:
    """A directory whose only area serves district 5001 within the dates given."""
    link = Link("ESA-5001", "basic", district_code="5001", basis="list", **dates)
    return build_directory(
        Rows(
            provinces=[Province("50", "ก", "Ko")],
            districts=[District("5001", "50", "ที่หนึ่ง", "Five 1", "amphoe")],
            offices=[
                Office("HQ", "hq", "ศูนย์", "Centre"),
                Office("ESA-5001", "area_primary", "เขต", "Area", "HQ"),
            ],
            links=[link],
        )
    )


DAY = timedelta(days=1)
DATED_ROWS = [
    ("begins tomorrow", {"valid_from": NOON + DAY}, NOON, "HQ"),
    ("began now", {"valid_from": NOON}, NOON, "ESA-5001"),
    ("ends tomorrow", {"valid_to": NOON + DAY}, NOON, "ESA-5001"),
    ("ended now", {"valid_to": NOON}, NOON, "HQ"),
    ("ended, no moment asked", {"valid_to": NOON}, None, "HQ"),
    ("begins, no moment asked", {"valid_from": NOON}, None, "ESA-5001"),
]


@pytest.mark.parametrize(
    ("dates", "at", "office"), [r[1:] for r in DATED_ROWS], ids=[r[0] for r in DATED_ROWS]
)
def test_jurisdiction_counts_only_between_its_dates(
    dates: dict[str, datetime], at: datetime | None, office: str
) -> None:
    asked = Question(district_code="5001", at=at)
    assert choose_office(asked, dated(dates)).office_code == office


def test_jurisdiction_for_the_level_goes_before_one_for_every_level() -> None:
    places = dated({})
    links = [
        Link("ESA-5001", "basic", district_code="5001"),
        Link("SESA-01", "basic", "secondary", district_code="5001"),
    ]
    offices = [*places.offices.values(), Office("SESA-01", "area_secondary", "ม", "Sec", "HQ")]
    districts = places.districts.values()
    directory = build_directory(Rows(districts=districts, offices=offices, links=links))
    assert (
        choose_office(Question(district_code="5001", level="secondary"), directory).office_code
        == "SESA-01"
    )
    assert choose_office(Question(district_code="5001"), directory).office_code == "ESA-5001"
