"""`ivr check`: the flow has no fault, and every planted fault is found by one message."""

import pytest

from core.spoken import emergency_numbers, spoken_keys
from ivr.checker import check, check_source, refuse_bad_flow, size
from ivr.loader import FlowError, load_flow
from tests.ivr.documents import FLOW
from tests.ivr.planted_faults import FAULTS, SOURCE, planted


def test_the_flow_has_no_fault():
    assert [str(fault) for fault in check(FLOW)] == []
    assert refuse_bad_flow(FLOW) is FLOW


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found_by_one_message_that_names_its_place(name):
    place, words, change = FAULTS[name]
    found = check_source(planted(change))
    assert [(fault.place, words.lower() in str(fault).lower()) for fault in found] == [
        (place, True)
    ], [str(fault) for fault in found]
    assert found[0].how_to_mend


def test_many_faults_are_planted():
    assert len(FAULTS) >= 18


def test_the_file_is_left_alone_by_planting():
    assert check_source(planted(lambda raw, nodes: None)) == []


def test_a_key_that_stands_twice_is_refused():
    twice = SOURCE.replace('"3": {label: follow_up,', '"2": {label: follow_up,')
    (fault,) = check_source(twice)
    assert '"2" stands twice' in fault.what


@pytest.mark.parametrize("source", ["", "[]", "a: [", "version: 1", "just words"])
def test_what_is_no_flow_is_told_as_a_fault(source):
    (fault,) = check_source(source)
    assert fault.what


def test_a_bad_flow_stops_the_start_and_lists_every_fault():
    bad = load_flow(planted(lambda raw, nodes: (nodes["level"].update(skip_when=["x"]),
                                                nodes["sub_a"].pop("en"))))  # fmt: skip
    with pytest.raises(FlowError, match=r"(?s)sub_a: .*level: ") as refused:
        refuse_bad_flow(bad)
    assert str(refused.value).count("To mend it") == 2


def test_the_size_counts_nodes_and_ways():
    nodes, ways = size(FLOW)
    assert nodes == len(FLOW.nodes)
    assert ways > 2 * nodes


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("โทร หนึ่ง เก้า หนึ่ง", ["191"]),
        ("โทรหนึ่งหกหกเก้า", ["1669"]),
        ("call 1 9 1. If someone is hurt, call 1 6 6 9.", ["191", "1669"]),
        ("call one nine one", ["191"]),
        ("โทร ๑๙๑", ["191"]),
        ("call 191 or 1323", ["191", "1323"]),
        ("หนึ่ง สาม ศูนย์ ศูนย์ หรือ หนึ่ง สาม แปด เจ็ด", ["1300", "1387"]),
        ("Yes, press 1. No, press 9.", []),
        ("ใช่ กด หนึ่ง ไม่ใช่ กด เก้า", []),
        ("02 126 6565", []),
        ("someone in a stone phone zone", []),
    ],
)
def test_emergency_numbers_are_heard_in_both_languages(text, found):
    assert emergency_numbers(text) == found


@pytest.mark.parametrize(
    ("text", "lang", "keys"),
    [
        ("ใช่ กด หนึ่ง ไม่ใช่ กดสอง ฟังอีกครั้ง กดดอกจัน จบ กดสี่เหลี่ยม", "th", {"1", "2"}),
        ("มีของสี่อย่าง กด สี่", "th", {"4"}),
        ("Yes, press 1. To hear it again, press star. To end, press hash.", "en", {"1"}),
        ("Press any key.", "en", set()),
    ],
)
def test_only_numbered_keys_count_as_spoken(text, lang, keys):
    assert spoken_keys(text, lang) == keys
