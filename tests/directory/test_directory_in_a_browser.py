"""The directory in Chromium: search, change an office, try a file, apply it; both languages."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from core.database import reading
from routing.listing import office
from tests.console_cases.people import hired, token_of
from tests.console_cases.screen import chromium, faults, overflow, picture, served, signed_in
from tests.routing.files import OFFICES

pytestmark = pytest.mark.timeout(300)
WORDS = {
    "th": {
        "search": "ค้นหา",
        "change": "แก้ไข",
        "keep": "บันทึก",
        "kept": "บันทึกแล้ว มีผลทันที",
        "bad": "ไม่ใช่เบอร์โทรศัพท์ในประเทศไทย",
        "phone": "โทรศัพท์ของหน่วยงาน",
        "show": "ดูสิ่งที่จะเปลี่ยน",
        "file": "ไฟล์",
        "apply": "นำเข้าการเปลี่ยนแปลง 2 รายการ",
        "applied": "นำเข้าแล้วเมื่อ",
        "reason": "เหตุผล",
        "all": "ให้ทั้งจังหวัดหยุดเข้าร่วม",
        "sure": "ใช่ ให้หยุดเข้าร่วมทั้ง 10 แห่ง",
        "off": "เข้าร่วมแล้ว 0 จาก 10",
    },
    "en": {
        "search": "Search",
        "change": "Change",
        "keep": "Keep",
        "kept": "Kept. It holds from now on",
        "bad": "is not a telephone number in Thailand",
        "phone": "Office telephone",
        "show": "Show what it would change",
        "file": "File",
        "apply": "Apply 2 changes",
        "applied": "Applied on",
        "reason": "Why?",
        "all": "Switch the whole province off",
        "sure": "Yes, switch off 10",
        "off": "0 of 10 districts are on",
    },
}
FILE = f"{OFFICES}\nP-92,partner,สภ.รัษฎา,HQ\nOBEC,agency,สพฐ. ชื่อใหม่,HQ\n"


def check(page: Page, name: str) -> None:
    picture(page, f"directory-{name}")
    assert faults(page) == []
    assert overflow(page) <= 0


def changed(page: Page, words: dict[str, str], shot: str) -> None:
    """Search an office and give it a telephone, first a wrong one."""
    page.get_by_role("searchbox").fill("ตรัง เขต 2")
    page.get_by_role("button", name=words["search"]).click()
    check(page, f"{shot}-found")
    page.locator('a[href$="/directory/ESA-9202"]').click()
    page.get_by_role("link", name=words["change"], exact=True).click()
    page.get_by_label(words["phone"]).fill("191")
    page.get_by_role("button", name=words["keep"], exact=True).click()
    expect(page.locator(".field-fault")).to_contain_text(words["bad"])
    check(page, f"{shot}-refused")
    page.get_by_label(words["phone"]).fill("075 218 012")
    page.get_by_role("button", name=words["keep"], exact=True).click()
    expect(page.get_by_text(words["kept"])).to_be_visible()
    check(page, f"{shot}-kept")


def loaded(page: Page, words: dict[str, str], shot: str, path: Path) -> None:
    """Give a file in, look at the difference, apply it."""
    page.get_by_label(words["file"], exact=True).set_input_files(path)
    page.get_by_role("button", name=words["show"]).click()
    check(page, f"{shot}-difference")
    page.get_by_role("button", name=words["apply"]).click()
    expect(page.get_by_text(words["applied"])).to_be_visible()


@pytest.mark.parametrize(("language", "width"), [("th", 390), ("en", 1280)])
def test_an_office_is_found_and_changed_and_a_file_is_tried_and_applied(
    app: Flask, tmp_path: Path, language: str, width: int
) -> None:
    words, shot = WORDS[language], f"{language}-{width}"
    admin = hired("ผู้ดูแล ทดสอบ", ("admin", "HQ"), language=language)
    path = tmp_path / "offices.csv"
    path.write_text(FILE, encoding="utf-8")
    strangers: list[str] = []
    with served(app) as address, chromium() as browser:
        page = signed_in(browser, address, token_of(admin), width)
        page.on("request", lambda one: strangers.append(one.url))
        page.goto(f"{address}/desk/directory")
        check(page, f"{shot}-list")
        changed(page, words, shot)
        page.goto(f"{address}/desk/directory/files")
        check(page, f"{shot}-files")
        loaded(page, words, shot, path)
        page.goto(f"{address}/desk/directory/rollout/92")
        page.get_by_label(words["reason"]).fill("ยังไม่พร้อมทั้งจังหวัด")
        page.get_by_role("button", name=words["all"]).click()
        check(page, f"{shot}-sure")
        page.get_by_role("button", name=words["sure"]).click()
        expect(page.get_by_text(words["off"])).to_be_visible()
        check(page, f"{shot}-province")
        for name in ("rollout", "OBEC", "ESA-9202", "ESA-9202/edit", "new", "P-92"):
            page.goto(f"{address}/desk/directory/{name}")
            check(page, f"{shot}-{name.replace('/', '-')}")
    assert [one for one in strangers if not one.startswith(address)] == []
    assert _phone_and_name() == ("+6675218012", "สพฐ. ชื่อใหม่")


def _phone_and_name() -> tuple[Any, Any]:
    with reading() as session:
        trang, obec = office(session, "ESA-9202"), office(session, "OBEC")
    return (trang and trang.phone, obec and obec.name_th)
