"""docs/call-flow.md is current, the diagram is whole, the list of prompts adds up."""

import re

import click
import pytest
from click.testing import CliRunner

from ivr.commands import COMMANDS, ivr_group
from ivr.diagram import PAGE, mermaid, page
from ivr.flow_graph import RETURN, edges
from ivr.loader import FLOW_FILE
from ivr.prompt_list import prompt_lines, totals
from ivr.rehearsal import rehearse_all, seconds
from tests.ivr.documents import FLOW

ANSWERS = {"ordinary": 11, "danger_spoken": 2, "danger_unspoken": 3}


def run(*arguments):
    """An `ivr` command, as `flask ivr …` would run it, without an app behind it."""
    group = click.Group("ivr", commands=ivr_group.commands)
    return CliRunner().invoke(group, list(arguments))


def test_the_page_of_the_call_flow_is_current():
    """Write it anew with: ./hotline ivr diagram --write"""
    assert PAGE.read_text(encoding="utf-8") == page(FLOW)


def test_the_page_has_a_section_for_every_node_and_a_link_for_every_way():
    text = page(FLOW)
    assert re.findall(r"^## (\w+)$", text, re.M) == list(FLOW.nodes)
    linked = set(re.findall(r"\]\(#(\w+)\)", text))
    assert linked == {edge.target for edge in edges(FLOW)} - {RETURN}


def test_the_diagram_draws_every_node_and_every_way_once():
    drawn = mermaid(FLOW).splitlines()
    assert drawn[0] == "flowchart TD"
    arrows = [line for line in drawn if re.search(r"--?>|-\.->", line)]
    assert len(arrows) == sum(edge.target != RETURN for edge in edges(FLOW))
    assert len(drawn) == 1 + len(FLOW.nodes) + len(arrows)
    shape = r"  n_\w+(\[\[|\[/|\[\(|\(\[|\[|\{)\"\w+\"(\]\]|/\]|\)\]|\]\)|\]|\})"
    arrow = r"  n_\w+ (-->|-\.->)\|\"[^\"|]+\"\| n_\w+"
    assert [line for line in drawn[1:] if not re.fullmatch(f"{shape}|{arrow}", line)] == []


def test_every_prompt_is_listed_in_its_languages():
    lines = list(prompt_lines(FLOW))
    assert {line.lang for line in lines} == {"th", "en", "mfa"}
    names = {line.name for line in lines}
    assert {"welcome", "welcome.th_tail", "no_agent.closed", "reference.pin_line.own"} <= names
    assert {"errors.system", "live_leg.offer", "callback_legs.caller.hello"} <= names
    spoken = {name for name, node in FLOW.nodes.items() if node.type not in ("check", "action")}
    assert spoken - {"place_pick", "place_more_pick"} <= names
    assert all(line.text and line.seconds > 0 for line in lines)


def test_ten_letters_take_a_second():
    assert seconds("a bc defg hij") == 1.0
    assert seconds("กดหนึ่ง") == pytest.approx(0.7)


@pytest.mark.parametrize("lang", ["th", "en"])
def test_the_rehearsed_calls_keep_to_their_number_of_answers(lang):
    calls = {call.name: call for call in rehearse_all(FLOW, lang)}
    assert {name: call.answers for name, call in calls.items()} == ANSWERS
    assert calls["ordinary"].seconds <= 190, "an ordinary report is about three minutes of prompts"
    assert calls["danger_spoken"].seconds < calls["danger_unspoken"].seconds < 45


def test_a_rehearsal_that_no_longer_fits_the_flow_says_where_it_stands():
    other = FLOW.model_copy(update={"start": "level"})
    with pytest.raises(LookupError, match="stands at"):
        list(totals(other))


def test_check_counts_nodes_and_edges_of_a_sound_flow():
    result = run("check")
    assert result.exit_code == 0
    assert (
        result.output
        == f"hotline.yaml: {len(FLOW.nodes)} nodes, {len(edges(FLOW))} edges, no fault.\n"
    )


def test_check_prints_a_line_for_each_fault_and_fails(tmp_path):
    source = FLOW_FILE.read_text(encoding="utf-8")
    bad = tmp_path / "bad.yaml"
    bad.write_text(source.replace("after_talk: goodbye", "after_talk: godbye"), encoding="utf-8")
    result = run("check", str(bad))
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        (
            'after_talk: "after_talk" leads to "godbye", which is no node. '
            "To mend it: write the name of a node, or add the node."
        )
    ]


def test_diagram_and_prompts_are_printed():
    assert run("diagram").output == mermaid(FLOW)
    listed = run("prompts").output
    assert "th: ordinary:" in listed
    assert listed.count("\n") == len([*prompt_lines(FLOW), *totals(FLOW)])


def test_the_commands_are_there_for_the_app():
    (group,) = COMMANDS
    assert set(group.commands) == {
        "check",
        "diagram",
        "prompts",
        "publish",
        "rollback",
        "show",
        "versions",
    }
