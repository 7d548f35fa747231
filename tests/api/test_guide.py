"""The guide keeps its word: its commands and its script run as they stand against a server with the demo."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import backends
from tests.faults.running import Server, serving
from tests.services import ROOT

GUIDE = ROOT / "docs" / "api.md"
SCRIPT = ROOT / "docs" / "examples" / "conversation.py"


@pytest.fixture(scope="module")
def demo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on a database with the demo data."""
    folder = tmp_path_factory.mktemp("guide")
    url, storage_url = f"sqlite:///{folder / 'demo.db'}", f"file:{folder / 'files'}"
    with backends.running_app(url, storage_url=storage_url, demo=True) as app:
        backends.migrate(app)
        result = app.test_cli_runner().invoke(args=["demo"])
        assert result.exit_code == 0, result.output
    with serving(Server(url, storage_url)) as server:
        yield server


def commands() -> list[tuple[str, str]]:
    """Return each section's number and its commands."""
    sections = re.findall(r"^## (\d+)\. .*?\n(.*?)(?=^## )", GUIDE.read_text(), re.DOTALL | re.MULTILINE)
    return [(number, "".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))) for number, text in sections]


def test_there_are_ten_things() -> None:
    assert [number for number, _ in commands()] == [str(number) for number in range(1, 11)]


@pytest.mark.curl
def test_every_command_does_what_it_says(demo_server: Server, tmp_path: Path) -> None:
    steps = [f"echo '--- {number}'\n{text}" for number, text in commands()]
    script = "set -euo pipefail\n" + "\n".join(steps) + "\necho\necho '--- end'\n"
    script = script.replace("http://127.0.0.1:8000", demo_server.url).replace("/tmp/", f"{tmp_path}/")  # noqa: S108

    ran = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=120, check=False)

    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr
    said = dict(re.findall(r"--- (\w+)\n(.*?)(?=\n?--- |\Z)", ran.stdout, re.DOTALL))
    assert '"conversations"' in said["2"]
    assert '"It will be with you tomorrow."' in said["5"]
    assert '"last_read_seq":3' in said["7"].replace(" ", "")
    assert said["8"].strip() == "304"
    assert (tmp_path / "parley-download.csv").read_bytes() == (tmp_path / "parley-contents.csv").read_bytes()
    assert [re.search(r'"status":\s*"(\w+)"', line)[1] for line in said["10"].split("{") if '"status"' in line] == [
        "closed",
        "open",
    ]


def test_the_script_lets_three_parties_talk_with_files(demo_server: Server) -> None:
    ran = subprocess.run(
        [sys.executable, SCRIPT, demo_server.url], capture_output=True, text=True, timeout=120, check=False
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    lines = ran.stdout.splitlines()
    assert lines[0].startswith("Here, look. - {'unread_count': ")
    assert lines[1:3] == ["article;pieces", "cup;2"]
    assert "closed" in lines
    assert "This conversation is closed. Nothing was sent." in lines
    assert lines[-1].endswith("One, and it is solved.']")
