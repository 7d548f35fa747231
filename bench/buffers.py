"""PostgreSQL: how many buffers a request's statements touch, and whether a generic plan is as good as a custom one."""

from __future__ import annotations

import json
import re
from typing import Any

from sqlalchemy import event

from bench.marketplace import Marketplace
from bench.requests import Request
from webapp.database import session
from webapp.extensions import db

MODES = ("force_custom_plan", "force_generic_plan")


def of_request(place: Marketplace, request: Request) -> dict[str, int]:
    """Return the buffers of the dearest of a request's reading statements under each kind of plan."""
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        is_writing = re.search(r"^\s*UPDATE ", statement, re.MULTILINE)  # it may begin with what it locks
        if statement.lstrip().startswith(("SELECT", "WITH")) and not is_writing:
            statements.append((statement, parameters))

    with place.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        request()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    with place.app.app_context():
        found = {mode: max(_buffers(one, mode) for one in statements) for mode in MODES}
        session.rollback()
    return found


def _buffers(asked: tuple[str, Any], mode: str) -> int:
    statement, parameters = asked
    names = list(dict.fromkeys(re.findall(r"%\((\w+)\)s", statement)))
    body = re.sub(r"%\((\w+)\)s", lambda match: f"${names.index(match[1]) + 1}", statement).replace("%%", "%")
    connection = session.connection()
    connection.exec_driver_sql(f"SET LOCAL plan_cache_mode = '{mode}'")
    connection.exec_driver_sql(f"PREPARE bench AS {body}".replace("%", "%%"))
    values = ", ".join(_literal(parameters[name]) for name in names)
    call = f"EXECUTE bench({values})" if names else "EXECUTE bench"
    connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {call}").all()  # warm
    plan = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {call}").scalar()
    connection.exec_driver_sql("DEALLOCATE bench")
    top = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    return int(top["Shared Hit Blocks"] + top["Shared Read Blocks"])


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool | int):
        return str(value)
    return "'" + str(value).replace("'", "''").replace("%", "%%") + "'"
