"""The migrations make what the models say, in one line of revisions, whether they run once, twice, or back between."""

from __future__ import annotations

import flask_migrate
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from tests import backends
from tests.migrating import REVISIONS, bare_app, contents, downgrade, fill, schema
from webapp import database
from webapp.config import ROOT
from webapp.database import Base

__all__ = ["bare_app"]


def test_the_models_and_the_migrations_are_the_same_schema(bare_app):
    backends.migrate(bare_app)
    with backends.engine_of(bare_app).connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "compare_server_default": True, "include_name": database.is_of_a_model},
        )
        assert compare_metadata(context, Base.metadata) == []
    with bare_app.app_context():
        flask_migrate.check()


def test_there_is_one_line_of_revisions():
    assert ScriptDirectory(str(ROOT / "migrations")).get_heads() == REVISIONS[-1:]


def test_the_schema_after_down_and_up_is_the_schema_before(bare_app):
    backends.migrate(bare_app)
    before = schema(bare_app)
    downgrade(bare_app, "base")
    assert set(contents(bare_app)) == set()

    backends.migrate(bare_app)
    assert schema(bare_app) == before


def test_running_all_again_changes_nothing(bare_app):
    backends.migrate(bare_app)
    fill(bare_app)
    before = contents(bare_app)
    backends.migrate(bare_app)

    assert contents(bare_app) == before
