"""Somebody looks at the call flow, follows it to a node and goes back a version, in Chromium."""

import pytest
from flask import Flask

from tests.console.flow_people import busy_week, published
from tests.console_cases.people import hired, token_of
from tests.console_cases.screen import chromium, faults, overflow, picture, served, signed_in

pytestmark = pytest.mark.timeout(120)


@pytest.mark.parametrize(("language", "width"), [("th", 390), ("en", 1280)])
def test_from_the_hardest_node_to_the_drawing_and_a_version_back(
    app: Flask, language: str, width: int
) -> None:
    admin = hired("มานี ทดสอบ", ("admin", "HQ"), language=language)
    with served(app) as address, chromium() as browser:
        page = signed_in(browser, address, token_of(admin), width)

        def looked_at(name: str) -> None:
            assert (faults(page), max(overflow(page), 0)) == ([], 0), name
            picture(page, f"flow-{name}-{language}-{width}")

        page.goto(f"{address}/desk/flow")
        looked_at("empty")
        busy_week()
        published()
        page.goto(f"{address}/desk/flow/releases")
        page.click("a[href$='/releases/0']")
        looked_at("release")
        page.fill("input[name=note]", "ผู้โทรสับสน")
        page.check("input[name=sure]")
        page.click("form[action$='/restore'] button")
        page.wait_for_selector(".message.good")
        looked_at("releases")
        page.click(".tabs a >> nth=0")
        page.wait_for_selector(".stuck")
        looked_at("figures")
        page.click(".tabs a >> nth=1")
        for size in (0, 1, 2):
            page.click(f".tabs >> nth=1 >> a >> nth={size}")
            page.wait_for_selector(".drawing svg")
            looked_at(f"drawing-{size}")
        page.click(".drawing a[href*='/nodes/welcome'] rect")
        page.wait_for_selector("#ways")
        looked_at("node")
