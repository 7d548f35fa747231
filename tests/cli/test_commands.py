"""The commands of ``flask``: each is loaded when it is asked for, under its own name."""

from __future__ import annotations

import pytest

from webapp.cli import COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_found_under_its_name(app, name):
    found = app.test_cli_runner().invoke(args=[name, "--help"])

    assert found.exit_code == 0, found.output
    assert f" {name} [OPTIONS]" in found.output


def test_all_are_listed(app):
    listed = app.test_cli_runner().invoke(args=["--help"]).output

    assert all(f"  {name} " in listed for name in COMMANDS)


def test_another_is_unknown(app):
    assert "No such command" in app.test_cli_runner().invoke(args=["create-money"]).output
