"""Simulated days of the hotline keep every promise, whatever the seed (docs/simulation.md)."""

from collections.abc import Callable
from datetime import date

import pytest

from tests.simulation.final import faults
from tests.simulation.settings import production
from tests.simulation.world import Plan, world
from tests.support.databases import COUNTRY, Databases

pytestmark = pytest.mark.timeout(600)
SMALL = {"cases": 12, "offices": 6, "days": 1, "nobody_on_duty_s": 900}
# A Friday before a long weekend, a Wednesday before a holiday; each until nothing is owed any more.
FIRST_DAYS = {1: date(2026, 12, 4), 2: date(2026, 12, 9)}


@pytest.mark.parametrize("seed", FIRST_DAYS)
def test_every_promise_is_kept(
    seed: int, databases_of: Callable[[str], Databases], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Each callback ends done or on a person's list; none outside its hours, none twice at once,
    nobody rung who must not know or is not there; every overdue step is told to somebody."""
    plan = Plan(seed=seed, first_day=FIRST_DAYS[seed], **SMALL)
    backend = databases_of("postgresql").backend
    name = f"simulated_{seed}"
    folder = tmp_path_factory.mktemp(name)
    try:
        settings = production(backend.copy(COUNTRY, name), str(folder))
        with world(plan, settings) as simulated:
            simulated.run()
            broken = faults(simulated)
            rung = len(simulated.ledger.all_rings)
    finally:
        backend.drop(name)
    assert broken == []
    assert rung > plan.cases
