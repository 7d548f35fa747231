"""The plans of the statements that an act runs, on both databases: what they walk, how much they touch and sort."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from contextlib import contextmanager

from sqlalchemy import event

from tests.backends import engine_of
from webapp.database import reading, session
from webapp.messaging import queries

MOST_SORTED = 3 * (queries.COUNTED_TO + 1)
"""Rows that a planner may rather sort than walk in order: half of the largest inbox here, by its guess."""
MOST_BUFFERS = 250
"""Pages that a statement may touch which does not count: eight for each row, and for admins those of its store."""
LARGE = ("conversations", "conversation_participants", "messages")


@contextmanager
def recorded(app):
    """The SELECTs that run meanwhile, with their parameters."""
    statements = []

    def note(_connection, _cursor, statement, parameters, *_):
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            statements.append((statement, parameters))

    engine = engine_of(app)
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def run(app, act):
    with app.app_context(), recorded(app) as statements, reading():
        found = act()
    return found, list(statements)


def indexes_used(app, statements, refused=(), most=MOST_BUFFERS):
    """Explain each statement, refuse what walks a large table, and return the indexes that every kind of plan names."""
    with app.app_context(), reading():
        if engine_of(app).dialect.name == "sqlite":
            return _of_sqlite(statements)
        plans = [_of_postgres(statements, mode, most) for mode in ("auto", "force_generic_plan")]
        assert not plans[0].union(plans[1]).intersection(refused)
        return plans[0] & plans[1]


def _of_sqlite(statements):
    used = set()
    for statement, parameters in statements:
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
        steps_of = defaultdict(list)
        for _, parent, _, step in plan:
            steps_of[parent].append(step)
        for steps in steps_of.values():
            text_of_steps = "\n".join(steps)
            assert not re.search(rf"SCAN ({'|'.join(LARGE)})\b", text_of_steps), plan
            is_range = re.search(r"USING (COVERING )?INDEX ix_conversation", text_of_steps)
            assert not (is_range and "USE TEMP B-TREE FOR" in text_of_steps), plan
            used.update(re.findall(r"USING (?:COVERING )?INDEX (\w+)", text_of_steps))
    return used


def _of_postgres(statements, mode, most):
    used = set()
    connection = session.connection()
    connection.exec_driver_sql(f"SET LOCAL plan_cache_mode = '{mode}'")
    for number, (statement, parameters) in enumerate(statements):
        name = f"hot_{mode}_{number}"
        order = re.findall(r"%\((\w+)\)s", statement)
        places = {key: f"${position}" for position, key in enumerate(dict.fromkeys(order), 1)}
        body = re.sub(r"%\((\w+)\)s", lambda found, places=places: places[found[1]], statement).replace("%%", "%")
        connection.exec_driver_sql(f"PREPARE {name} AS {body}")
        values = ", ".join(_literal(parameters[key]) for key in places)
        call = f"EXECUTE {name}({values})" if places else f"EXECUTE {name}"
        plan = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {call}").scalar()
        connection.exec_driver_sql(f"DEALLOCATE {name}")
        top = (plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"]
        touched = top["Shared Hit Blocks"] + top["Shared Read Blocks"]
        assert touched <= most or "count(*)" in statement, (mode, touched, statement)
        for node in _nodes(top):
            walks = node["Node Type"] == "Seq Scan" and node.get("Relation Name") in LARGE
            assert not walks, (mode, node)
            assert not (node["Node Type"] == "Sort" and node["Plan Rows"] > MOST_SORTED), (mode, node)
            if "Index Name" in node:
                used.add(node["Index Name"])
    return used


def _nodes(plan):
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


def _literal(value):
    if isinstance(value, bool | int):
        return str(value)
    if isinstance(value, list):
        return f"'{{{','.join(map(str, value))}}}'"
    return "'" + str(value).replace("%", "%%").replace("'", "''") + "'"
