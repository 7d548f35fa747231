"""Running a machine at a door for so many examples; what it finds is raised as it is."""

from __future__ import annotations

from typing import Any

from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.isolation.machine import IsolationMachine
from tests.isolation.watching import Leak


def run(
    app: Flask, driver_of: Any, machine: type[IsolationMachine], examples: int, steps: int, leak: Any = Leak
) -> None:
    """Let everybody do anything, in ``examples`` stories of up to ``steps`` steps; raise a ``leak`` that was found.

    One that is no Exception ends the run as it is, without the story told once more.
    """
    story = type("Story", (machine,), {"app": app, "driver_of": driver_of, "leak": leak})
    run_state_machine_as_test(
        story,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
            report_multiple_bugs=False,
        ),
    )
