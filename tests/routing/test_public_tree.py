"""The public tree of the country: who stands above whom, and what each office serves."""

from collections import Counter

from routing.public_tree import PublicTree
from routing.snapshot import Directory


def test_tree_has_the_known_number_of_offices(tree: PublicTree) -> None:
    assert Counter(one.type for one in tree.offices) == {
        "hq": 1,
        "agency": 5,
        "partner": 14,
        "area_primary": 183,
        "area_secondary": 62,
        "province": 77,
        "district": 928,
    }
    assert len({one.code for one in tree.offices}) == len(tree.offices)


def test_partners_stand_under_the_centre_and_say_what_they_rest_on(tree: PublicTree) -> None:
    """The 8 ministries and 2 agencies of C10, and four bodies with schools of their own."""
    partners = {one.code: one for one in tree.offices if one.type == "partner"}
    ministries = {"MOD", "MOI", "MOPH", "MSDHS", "MDES", "MOT", "MNRE", "MOJ", "RTP", "OPM"}
    assert set(partners) == ministries | {"DLA", "BMA", "MHESI", "DCY"}
    assert {one.parent_code for one in partners.values()} == {"HQ"}
    assert {code for code, one in partners.items() if not one.confirmed} == {"BMA", "DCY"}


def test_parents_come_before_their_children(tree: PublicTree) -> None:
    seen: set[str | None] = {None}
    for office in tree.offices:
        assert office.parent_code in seen
        seen.add(office.code)


def test_lines_of_command_lead_to_the_centre(country: Directory) -> None:
    """District, provincial office, department, centre; area, commission, centre (B1, B2)."""
    chains = {
        code: [one.code for one in country.superiors(code)]
        for code in ("DOLE-4001", "ESA-4001", "SESA-62", "OPS", "HQ")
    }
    assert chains == {
        "DOLE-4001": ["DOLE-40", "DOLE", "HQ"],
        "ESA-4001": ["OBEC", "HQ"],
        "SESA-62": ["OBEC", "HQ"],
        "OPS": ["HQ"],
        "HQ": [],
    }


def test_learning_offices_keep_their_former_names(tree: PublicTree) -> None:
    offices = {one.code: one for one in tree.offices}
    named = {code: offices[code].former_name_th for code in ("DOLE-40", "DOLE-4001", "DOLE-1001")}
    assert named == {
        "DOLE-40": "สำนักงาน กศน.จังหวัดขอนแก่น",
        "DOLE-4001": "กศน.อำเภอเมืองขอนแก่น",
        "DOLE-1001": "กศน.เขตพระนคร",
    }
    assert offices["DOLE-10"].name_th == "สกร.ประจำกรุงเทพมหานคร"
    assert offices["DOLE-4001"].name_en == "Mueang Khon Kaen District Learning Encouragement Centre"


def test_areas_of_the_demonstration_are_there(country: Directory) -> None:
    assert country.office("ESA-9202").name_th == "สพป.ตรัง เขต 2"
    assert country.office("SESA-22").name_th == "สพม.ขอนแก่น"
    assert country.office("SESA-14").name_th == "สพม.สระแก้ว"


def test_primary_area_is_linked_to_187_districts_and_every_area_to_its_province(
    tree: PublicTree,
) -> None:
    primary = [one for one in tree.links if one.level == "kindergarten_primary"]
    assert sum(one.district_code is not None for one in primary) == 187
    by_province = [one for one in primary if one.district_code is None]
    assert len({one.office_code for one in by_province}) == 183


def test_secondary_areas_cover_every_province_and_bangkok_twice(tree: PublicTree) -> None:
    secondary = Counter(one.province_code for one in tree.links if one.level == "secondary")
    assert len(secondary) == 77
    assert {code for code, times in secondary.items() if times > 1} == {"10"}


def test_links_from_general_knowledge_are_marked_unconfirmed(tree: PublicTree) -> None:
    unconfirmed = {one.basis for one in tree.links if not one.confirmed}
    assert unconfirmed == {
        "general knowledge, confirm with office",
        "public listing kruphuchuay.com (2567)",
        "list of secondary areas, general knowledge",
    }
    assert all(one.basis for one in tree.links)


def test_offices_with_derived_codes_are_marked_unconfirmed(tree: PublicTree) -> None:
    for office in tree.offices:
        assert office.basis
        if office.type != "partner":
            assert office.confirmed == (office.type in ("hq", "agency"))


def test_every_link_names_an_office_and_a_place_that_exist(
    tree: PublicTree, country: Directory
) -> None:
    for link in tree.links:
        assert country.office(link.office_code) is not None
        assert link.province_code is None or country.province(link.province_code)
        assert link.district_code is None or country.district(link.district_code)
