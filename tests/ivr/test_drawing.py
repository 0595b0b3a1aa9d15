"""The drawn flow: everything is on it, nothing lies on anything else, whatever a text holds."""

import xml.etree.ElementTree as ET
from itertools import combinations

import pytest

from ivr.drawing import SVG, drawing
from ivr.flow_graph import RETURN, edges
from ivr.layout import HEIGHT, WIDTH, laid_out
from tests.ivr.documents import FLOW
from tests.ivr.test_flow_page_and_prompts import run

TAG = f"{{{SVG}}}"


def texts(svg: str) -> list[str]:
    return ["".join(one.itertext()) for one in ET.fromstring(svg).iter(f"{TAG}text")]


def test_every_node_is_drawn_once_and_no_two_overlap():
    ways = [(one.source, one.target) for one in edges(FLOW) if one.target != RETURN]
    layout = laid_out(list(FLOW.nodes), ways)
    places = {name: layout.at[name, None] for name in FLOW.nodes}
    for (_, (x, y)), (_, (to_x, to_y)) in combinations(places.items(), 2):
        assert abs(x - to_x) >= WIDTH or abs(y - to_y) >= HEIGHT
    assert all(WIDTH / 2 <= x <= layout.width - WIDTH / 2 for x, _ in places.values())
    assert all(HEIGHT / 2 <= y <= layout.height - HEIGHT / 2 for _, y in places.values())
    drawn = texts(drawing(FLOW, "th", title="ผัง"))
    assert [name for name in drawn if name in FLOW.nodes] == list(FLOW.nodes)


def test_every_way_leads_down_or_is_named_beside_its_node():
    ways = [(one.source, one.target) for one in edges(FLOW) if one.target != RETURN]
    layout = laid_out(list(FLOW.nodes), ways)
    ahead = {}
    for upper, lower in layout.steps:
        assert layout.at[upper][1] < layout.at[lower][1]
        ahead.setdefault(upper, set()).add(lower)

    def ends(spot):
        return {spot[0]} if spot[1] is None else set().union(*map(ends, ahead[spot]))

    for source, target in set(ways) - layout.back:
        assert target in set().union(*map(ends, ahead[source, None]))


@pytest.mark.parametrize("language", ["th", "en"])
def test_what_nodes_say_is_shortened_and_escaped(language):
    group = FLOW.nodes["group"].model_copy(update={"texts": {language: "<b>&\"'" * 20}})
    changed = FLOW.model_copy(update={"nodes": FLOW.nodes | {"group": group}})
    svg = drawing(changed, language, title="<&>", to='/desk/"{}')
    assert "<b>" not in svg
    assert all(len(text) <= 40 for text in texts(svg))


def test_no_vowel_or_tone_mark_is_parted_from_its_letter():
    shortened = [text[:-1] for text in texts(drawing(FLOW, "th", title="ผัง")) if text[-1] == "…"]
    said = [node.texts["th"] for node in FLOW.nodes.values() if "th" in node.texts]
    assert len(shortened) > 40
    for text in shortened:
        whole = next(one for one in said if one.startswith(text))
        assert whole[len(text)] not in "ะาำิีึืุู่้๊๋็์ั"


def test_nodes_that_stand_out_bear_their_text_and_links_lead_to_each():
    svg = drawing(FLOW, "en", title="Flow", stuck={"level": "41 %"}, to="/flow/nodes/{}?days=7")
    links = [one.get("href") for one in ET.fromstring(svg).iter(f"{TAG}a")]
    assert links == [f"/flow/nodes/{name}?days=7" for name in FLOW.nodes]
    assert texts(svg).count("41 %") == 1
    assert "<a " not in drawing(FLOW, "en", title="Flow")


def test_the_size_is_a_matter_of_scale():
    whole, half = (
        ET.fromstring(drawing(FLOW, "th", title="ผัง", scale=scale)) for scale in (1, 0.5)
    )
    assert whole.get("viewBox") == half.get("viewBox")
    assert float(half.get("width", "0")) == pytest.approx(float(whole.get("width", "0")) / 2, abs=1)


def test_the_command_prints_the_drawing():
    told = run("diagram", "--svg", "--lang", "en")
    assert told.exit_code == 0
    assert ET.fromstring(told.output).tag == f"{TAG}svg"
    assert run("diagram", "--svg", "--lang", "xx").exit_code == 2
