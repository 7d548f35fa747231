"""Runs the migrations on the application's own engine, one transaction each, on both databases."""

from alembic import context
from flask import current_app

from webapp.database import WRITING, is_of_a_model

db = current_app.extensions["migrate"].db


def run() -> None:
    with db.engine.connect().execution_options(**{WRITING: True}) as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            include_name=is_of_a_model,
            transactional_ddl=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
