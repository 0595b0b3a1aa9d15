"""Is the call flow fit for a call? Every fault with its place and how to mend it."""

from ivr import flow_listening, flow_safety, flow_shape, flow_wording
from ivr.faults import Fault
from ivr.flow_graph import edges
from ivr.loader import FlowError, load_flow
from ivr.nodes import Flow

RULES = (*flow_shape.RULES, *flow_wording.RULES, *flow_listening.RULES, *flow_safety.RULES)


def check(flow: Flow) -> list[Fault]:
    """All faults of a loaded flow, in the order of its nodes; an empty list means none."""
    order = {name: position for position, name in enumerate(flow.nodes)}
    found = dict.fromkeys(fault for rule in RULES for fault in rule(flow))
    return sorted(found, key=lambda fault: (order.get(fault.place, -1), fault))


def check_source(source: str) -> list[Fault]:
    """All faults of a flow file's text; what does not load is told instead of the rest."""
    try:
        return check(load_flow(source))
    except FlowError as error:
        return [Fault(place, what, "see the comment at the top") for place, what in error.places]


def refuse_bad_flow(flow: Flow) -> Flow:
    """The flow itself, or a FlowError that lists every fault."""
    faults = check(flow)
    if faults:
        raise FlowError("the flow has faults:\n  " + "\n  ".join(map(str, faults)))
    return flow


def size(flow: Flow) -> tuple[int, int]:
    """How many nodes and ways between them a flow has."""
    return len(flow.nodes), len(edges(flow))
