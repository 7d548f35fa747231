"""``make bench SCALE=10k|100k|1m DB=sqlite|postgres``: build, measure, print a table, keep it in bench/results/."""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench import buffers, files, marketplace, programs, requests, searching, sending, servers, streams
from bench.marketplace import Marketplace
from webapp.accounts.models import Side

SCALES = {"1k": 1_000, "10k": 10_000, "100k": 100_000, "1m": 1_000_000}
PARTS = {"badge": 0.45, "list": 0.3, "list, team": 0.3, "list, unread": 0.3, "thread": 0.3, "send": 0.2}
STATEMENTS = {"badge": 2, "poll": 2, "list": 3, "list, team": 3, "list, unread": 3, "thread": 4, "send": 10}
FLAT, SLOWER, MOST_BUFFERS, GENERIC = 1.1, 1.3, 200, 2.0
TABS = 30_000
SENDS = {"sqlite": 2_500, "postgresql": 1_000}
SEARCH = {"sqlite": 2.0, "postgresql": 15.0}
MEMORY = 120


@dataclass(frozen=True, slots=True)
class Result:
    """One figure against its goal; no bound means that it is only reported."""

    goal: str
    figure: str
    value: float
    bound: float | None
    unit: str
    met: bool | None

    @classmethod
    def at_least(cls, goal: str, figure: str, value: float, bound: float, unit: str) -> Result:
        return cls(goal, figure, value, bound, unit, value >= bound)

    @classmethod
    def at_most(cls, goal: str, figure: str, value: float, bound: float, unit: str) -> Result:
        return cls(goal, figure, value, bound, unit, value <= bound)


def main() -> int:
    """Measure and report; the exit code says only whether it could be measured."""
    scale = os.environ.get("SCALE") or "10k"
    database = {"postgres": "postgresql"}.get(chosen := os.environ.get("DB") or "sqlite", chosen)
    if scale not in SCALES or database not in SENDS:
        print(f"SCALE is one of {', '.join(SCALES)}; DB is sqlite or postgres", file=sys.stderr)
        return 2
    size, base = SCALES[scale], SCALES["10k"]
    with tempfile.TemporaryDirectory() as folder:
        smaller, before = {}, 0.0
        if size > base:
            with marketplace.built(Path(folder), base, database) as small:
                smaller, before = _counted(small), sending.replayed(small).p50
        with marketplace.built(Path(folder), size, database) as large:
            results = _search(large, database)  # before the sends, which go to the conversations at the top
            results += [*_costs(large), *_counts(smaller, _counted(large), base), *_programs(large)]
            results += _large(large)
            results += [*_sends(large, database, before), *_memory(large)]
            results += _files(large) if os.environ.get("FILES") else []
            results += _streams(large) if os.environ.get("STREAMS") else []
    _print(results)
    _keep(results, scale, size, chosen)
    return 0


def _keep(results: list[Result], scale: str, size: int, database: str) -> None:
    path = Path(__file__).parent / "results" / f"{database}-{scale}.json"
    path.parent.mkdir(exist_ok=True)
    report = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[1]:.0f}, "
        f"Python {platform.python_version()}",
        "scale": f"{size:,} conversations",
        "database": database,
        "results": [asdict(result) for result in results],
    }
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def _counted(place: Marketplace) -> dict[str, tuple[int, dict[str, int]]]:
    """Return the statements of each request, and its steps (SQLite) or buffers under each kind of plan."""
    found = {}
    for name, request in requests.requests_of(place).items():
        statements, steps = requests.counts(place, request)
        found[name] = statements, {"steps": steps} if place.kind == "sqlite" else buffers.of_request(place, request)
    return found


def _costs(place: Marketplace) -> list[Result]:
    results = []
    for name, (part, cost) in servers.ratios(place).items():
        bound = PARTS.get(name)
        met = None if bound is None else part >= bound
        results.append(Result("P1", name, round(part, 3), bound, f"x bare Flask ({cost:.1f} ms)", met))
        if name == "poll":
            tabs = round(0.6 / (cost / 1000) * 30)
            results.append(Result.at_least("P5", "polling tabs", tabs, TABS, "a core at 60 %"))
    return results


def _counts(small: dict, large: dict, base: int) -> list[Result]:  # type: ignore[type-arg]
    """Compare the counts of each request with the goals, and with those of the smaller marketplace if there is one."""
    results = []
    for name, (statements, counts) in large.items():
        most = STATEMENTS[name]
        results.append(Result.at_most("P4", name, statements, most, "statements"))
        for what, count in counts.items() if small else ():
            ratio = round(count / max(1, small[name][1][what]), 2)
            unit = f"x {what.replace('force_', '')} of {base:,} ({count:,})"
            results.append(Result.at_most("P2", name, ratio, FLAT, unit))
        if "force_custom_plan" in counts:
            custom, generic = counts["force_custom_plan"], counts["force_generic_plan"]
            results.append(Result.at_most("P3", name, custom, MOST_BUFFERS, "buffers of its dearest statement"))
            results.append(Result.at_most("P3", name, round(generic / max(1, custom), 2), GENERIC, "x, generic plans"))
    return results


def _large(place: Marketplace) -> list[Result]:
    """Count what a thread of 100,000 messages costs, and one with all of a store of 500, for both sides of it."""
    places = {"100,000": place.in_longest(), "store of 500": place.in_crowd(Side.STORE)}
    places["200 admins"] = place.in_crowd(Side.ADMIN)
    results = []
    for name, large in places.items():
        for what, (statements, counts) in _counted(large).items():
            figure, most = f"{what} ({name})", STATEMENTS[what]
            results.append(Result.at_most("P4", figure, statements, most, "statements"))
            unit = " ".join(f"{number:,} {word}" for word, number in counts.items())
            results.append(Result("P2", figure, next(iter(counts.values())), None, unit, None))
    return results


def _sends(place: Marketplace, database: str, before: float) -> list[Result]:
    found, verb, of = sending.replayed(place), sending.by_verb(place), f"a second, {sending.PROCESSES} processes"
    results = [
        Result.at_least("P7", "statements of sends", round(found.per_second), SENDS[database], of),
        Result("P7", "statements of a send, p50", round(found.p50, 2), None, "ms", None),
        Result.at_most("P7", "statements of a send, p99", round(found.p99, 1), 10, "ms"),
        Result.at_most("P7", "sends, refused", found.refused + verb.refused, 0, "of all"),
        Result("P7", "sends with the verb", round(verb.per_second), None, of, None),
        Result("P7", "send with the verb, p99", round(verb.p99, 1), None, "ms", None),
    ]
    if before:
        results.append(
            Result.at_most(
                "P7", "statements of a send, growth", round(found.p50 / before, 2), SLOWER, "x the smaller one's p50"
            )
        )
    return results


def _search(place: Marketplace, database: str) -> list[Result]:
    return [
        Result.at_most("P8", name, round(milliseconds, 2), SEARCH[database], "ms")
        for name, milliseconds in searching.milliseconds(place).items()
    ]


def _memory(place: Marketplace) -> list[Result]:
    started, after = servers.memory(place)
    return [
        Result.at_most("P11", "after the start", round(started), MEMORY, "MB"),
        Result("P11", "after more requests", round(after - started, 1), None, f"MB more after {servers.ASKED:,}", None),
    ]


def _programs(place: Marketplace) -> list[Result]:
    return [
        Result("API", name, round(part, 3), None, f"x bare Flask JSON ({cost:.1f} ms)", None)
        for name, (part, cost) in programs.ratios(place).items()
    ]


def _files(place: Marketplace) -> list[Result]:
    seconds, name = files.slowest()
    peak, greedy = files.largest()
    grown = files.growth_of_uploads(place)
    return [
        Result.at_most("file", "slowest refusal", round(seconds, 2), 1, f"seconds ({name})"),
        Result.at_most("file", "largest refusal", round(peak, 1), 100, f"MB ({greedy})"),
        Result.at_most("P11", "10 MB uploads", round(grown, 1), 32, f"MB each, {files.UPLOADS} at once"),
    ]


def _streams(place: Marketplace) -> list[Result]:
    return [
        Result("P6", name, value, bound, unit, None if bound is None else value <= bound)
        for name, value, bound, unit in streams.figures(place)
    ]


def _print(results: list[Result]) -> None:
    for result in sorted(results, key=lambda one: one.goal):
        verdict = {True: "met", False: "MISSED", None: ""}[result.met]
        bound = "" if result.bound is None else f"{result.bound:g}"
        print(f"{result.goal:4} {result.figure:22} {result.value:>9g} {result.unit:42} goal {bound:6} {verdict}")


if __name__ == "__main__":
    sys.exit(main())
