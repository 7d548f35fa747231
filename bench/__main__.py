"""``make bench``: build two sizes, measure, print a table and keep it under bench/results/."""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench import files, marketplace, programs, requests, servers

SMALL, LARGE = 4_000, 20_000
GOALS = {"badge": 0.45, "list": 0.3, "list, team": 0.3, "list, unread": 0.3, "thread": 0.3, "send": 0.2}
STATEMENTS = {"badge": 2, "list": 3, "list, team": 3, "list, unread": 3, "thread": 4, "send": 10}
FLAT = 1.1


@dataclass(frozen=True, slots=True)
class Result:
    """One figure against its goal; no bound means that it is only reported."""

    goal: str
    figure: str
    value: float
    bound: float | None
    unit: str
    met: bool | None


def main() -> int:
    """Measure and report; the exit code says only whether it could be measured."""
    with tempfile.TemporaryDirectory() as folder:
        small = marketplace.build(Path(folder), SMALL)
        large = marketplace.build(Path(folder), LARGE)
        results = [*_costs(large), *_flatness(small, large), *_programs(large), *_files(small)]
    _print(results)
    path = Path(__file__).parent / "results" / f"{datetime.now(UTC):%Y-%m-%d}.json"
    path.parent.mkdir(exist_ok=True)
    report = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "scale": f"{LARGE:,} conversations",
        "database": "sqlite",
        "results": [asdict(result) for result in results],
    }
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return 0


def _costs(place: marketplace.Marketplace) -> list[Result]:
    measured = servers.ratios(place)
    return [
        Result("P1", name, round(value, 3), bound, "x bare Flask", None if bound is None else value >= bound)
        for name, value in measured.items()
        for bound in [GOALS.get(name)]
    ]


def _flatness(small: marketplace.Marketplace, large: marketplace.Marketplace) -> list[Result]:
    results = []
    of_small, of_large = requests.requests_of(small), requests.requests_of(large)
    for name in of_large:
        _, few = requests.counts(small, of_small[name])
        statements, many = requests.counts(large, of_large[name])
        bound = STATEMENTS.get(name)
        results.append(
            Result("P4", name, statements, bound, "statements", None if bound is None else statements <= bound)
        )
        ratio = round(many / few, 2) if few else 1.0
        results.append(Result("P2", name, ratio, FLAT, f"x the steps of {SMALL:,} ({many:,})", ratio <= FLAT))
    return results


def _programs(place: marketplace.Marketplace) -> list[Result]:
    return [
        Result("API", name, round(part, 3), None, f"x bare Flask JSON ({cost:.1f} ms)", None)
        for name, (part, cost) in programs.ratios(place).items()
    ]


def _files(place: marketplace.Marketplace) -> list[Result]:
    seconds, name = files.slowest()
    peak, greedy = files.largest()
    grown = files.growth_of_uploads(place)
    return [
        Result("file", "slowest refusal", round(seconds, 2), 1.0, f"seconds ({name})", seconds <= 1),
        Result("file", "largest refusal", round(peak, 1), 100, f"MB ({greedy})", peak <= 100),
        Result("P11", "10 MB uploads", round(grown, 1), 32, f"MB each, {files.UPLOADS} at once", grown < 32),
    ]


def _print(results: list[Result]) -> None:
    for result in sorted(results, key=lambda one: one.goal):
        verdict = {True: "met", False: "MISSED", None: ""}[result.met]
        bound = "" if result.bound is None else f"{result.bound:g}"
        print(f"{result.goal:4} {result.figure:14} {result.value:>8g} {result.unit:34} goal {bound:6} {verdict}")


if __name__ == "__main__":
    sys.exit(main())
