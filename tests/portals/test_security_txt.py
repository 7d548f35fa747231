"""Whom to tell of a weakness, for everybody to read (RFC 9116), and what an installation consists of."""

from __future__ import annotations

import re
import runpy
from datetime import datetime, timedelta

from tests.guards.sources import ROOT
from tests.portals.fixtures import browser_of
from webapp.database import now


def test_it_names_a_contact_and_does_not_expire_soon(sqlite_app):
    answer = browser_of(sqlite_app).get("/.well-known/security.txt")
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())

    assert (answer.status_code, answer.content_type) == (200, "text/plain; charset=utf-8")
    assert fields["Contact"].startswith("mailto:security@")
    assert now() + timedelta(days=90) < datetime.fromisoformat(fields["Expires"]) < now() + timedelta(days=365)
    assert fields["Canonical"].endswith("/.well-known/security.txt")


def test_the_bill_of_materials_names_every_locked_package():
    bill = runpy.run_path(str(ROOT / ".ci" / "sbom.py"))["bill"]()
    names = {one["name"] for one in bill["components"]}

    assert {"flask", "sqlalchemy", "pyotp", "argon2-cffi"} <= names
    pinned = [line for line in (ROOT / "requirements.lock").read_text().splitlines() if re.match(r"\w.*==", line)]
    assert len(bill["components"]) == len(pinned) > 50
    assert all(one["hashes"] for one in bill["components"])
