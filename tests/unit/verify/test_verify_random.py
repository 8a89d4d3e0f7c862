"""Every check on random scenarios of every kind: none fails, and none falls over."""

from __future__ import annotations

import copy
import sys
from pathlib import Path

from hypothesis import HealthCheck, given, settings

sys.path += [str(Path(__file__).parents[2] / "property"), str(Path(__file__).parents[1] / "model")]

from model_building import build
from random_scenarios import scenarios

from heco.verify import verify


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(scenarios())
def test_a_sound_model_fails_no_check(found):
    data, _ = found
    model = build(copy.deepcopy(data))
    certificate = verify(model.scenario, draws=100)
    failed = [(check.name, verdict) for check, verdict in certificate.failed]
    assert failed == []
    tried = [check.name for check, verdict in certificate.verdicts if verdict.status == "pass"]
    assert {"V1", "V2", "V3", "V5", "V9", "V11", "V13", "V32", "V35"} <= set(tried)
