"""A flow file becomes frozen nodes, or an error that says where it is wrong."""

from copy import deepcopy

import pytest
import yaml
from pydantic import ValidationError

from ivr.loader import FLOW_FILE, FlowError, load_flow
from ivr.nodes import Digits, Menu
from tests.ivr.documents import FLOW

SOURCE = FLOW_FILE.read_text(encoding="utf-8")
RAW = yaml.load(SOURCE, yaml.CSafeLoader)


def changed(change):
    raw = deepcopy(RAW)
    change(raw)
    return yaml.dump(raw, Dumper=yaml.CSafeDumper, allow_unicode=True)


def test_nodes_are_frozen():
    with pytest.raises(ValidationError, match="frozen"):
        FLOW.nodes["welcome"].listen_first = True


def test_texts_of_all_languages_and_variants_are_gathered():
    variants = {"", "_closed", "_holiday", "_off_hours"}
    wanted = {f"{lang}{one}" for lang in ("th", "en") for one in variants}
    assert set(FLOW.nodes["no_agent"].texts) == wanted
    assert set(FLOW.nodes["group"].texts) == {"th", "en", "th_head", "en_head"}
    assert [tail.lang for tail in FLOW.nodes["welcome"].tails["th"]] == ["en", "mfa"]


def test_the_version_changes_with_every_change_of_the_source():
    assert FLOW.version.startswith("1-")
    assert load_flow(SOURCE).version == FLOW.version
    assert load_flow(SOURCE + "\n# another word\n").version != FLOW.version


def test_an_exit_of_a_node_lies_over_the_default():
    welcome = FLOW.nodes["welcome"]
    assert (welcome.on_no_input.next, welcome.on_no_input.after_tries) == ("silent_check", 2)
    assert welcome.on_no_input.say == "no_input"
    assert (welcome.on_no_match.next, welcome.on_no_match.after_tries) == ("to_person", 3)


def test_an_exit_that_leads_elsewhere_without_tries_has_none():
    """design.md §4: an exit with `next` and no `after_tries` is taken at once."""
    story_ask = FLOW.nodes["story_ask"]
    assert isinstance(story_ask, Menu)
    assert story_ask.on_no_match.after_tries is None


def test_a_length_is_one_number_or_two():
    lengths = {n.name: n.num_digits for n in FLOW.nodes.values() if isinstance(n, Digits)}
    assert (lengths["place_postal"], lengths["callback_number"]) == ((5, 5), (9, 10))


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        (lambda raw: raw["nodes"]["level"].update(nxt="x"), "level", "nxt"),
        (lambda raw: raw["nodes"]["level"].pop("type"), None, "type"),
        (lambda raw: raw["nodes"]["level"].update(type="menue"), "level", "menue"),
        (lambda raw: raw["nodes"]["urgent_record"].pop("needs"), "urgent_record", "needs"),
        (lambda raw: raw["nodes"]["agent_queue"].pop("on_closed"), "agent_queue", "on_closed"),
        (lambda raw: raw["nodes"]["level"]["on_no_input"].update(after_tries=0), "level",
         "greater than or equal to 1"),
        (lambda raw: raw["loop_guard"].pop("next"), "loop_guard.next", "required"),
        (lambda raw: raw.update(color="red"), "color", "not permitted"),
        (lambda raw: raw["nodes"]["after_place"].pop("else"), None, "else"),
    ],
)  # fmt: skip
def test_a_wrong_shape_is_told_with_its_place(change, place, words):
    with pytest.raises(FlowError, match=words) as refused:
        load_flow(changed(change))
    if place:
        assert [where for where, _ in refused.value.places] == [place]


def test_yaml_that_cannot_be_read_is_told_with_its_line():
    with pytest.raises(FlowError, match="line 3"):
        load_flow("version: 1\nstart: [\n")
