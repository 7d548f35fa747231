"""Whatever the specification lets a program send, and what it does not: each answer is one that it describes."""

from __future__ import annotations

from collections import Counter

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks

from tests.api.conftest import token_of
from tests.factories import attach, close, start
from webapp.api import openapi

pytestmark = pytest.mark.timeout(600)

SOME = [
    ("storefront", "mara"),
    *(pytest.param(*one, marks=pytest.mark.slow) for one in (("admin", "ada"), ("store", "olga"))),
]

VALID, INVALID = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]
EXAMPLES = {VALID: 6, INVALID: 6}


@pytest.fixture
def app(sqlite_app):
    """What is proved here does not depend on the database; the odd requests are tried on both."""
    return sqlite_app


@pytest.mark.usefixtures("unlimited")
@pytest.mark.parametrize(("portal", "who"), SOME)
def test_no_answer_is_one_that_the_specification_does_not_know(app, people, portal, who):
    viewer, ids = getattr(people, who), there_is(people)
    answered: Counter[tuple[str, int]] = Counter()
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app).include(path_regex=f"^/api/v1/{portal}/")
    token, ending = token_of(viewer), token_of(viewer)

    for found in schema.get_all_operations():
        operation = found.ok()
        headers = {"Authorization": f"Bearer {ending if operation.method == 'delete' else token}"}
        for mode in EXAMPLES:
            for status in ask(operation, mode, headers, ids):
                answered[mode.value, status // 100] += 1

    assert answered["positive", 2] > 25
    assert answered["negative", 4] > 25
    assert not answered["positive", 5] + answered["negative", 5]


def there_is(people):
    """Make something of every kind, and return the ids that paths may name beside any others."""
    talk, fees = start(people.olga, people.mara_row), start(people.ada, people.harbor)
    closed = close(people.olga, start(people.olga, people.mara_row))
    photo = attach(people.mara, talk)
    return {
        "conversation_id": [start(people.ada, people.mara_row).id, talk.id, fees.id, closed.id, talk.id],
        "attachment_id": [str(photo)],
    }


def ask(operation, mode, headers, ids):
    """Send what the specification lets an operation take, or what it does not, and return the statuses."""
    statuses = []

    @settings(max_examples=EXAMPLES[mode], suppress_health_check=list(HealthCheck), print_blob=False)
    @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
    def run(case, data):
        for name in ids.keys() & (case.path_parameters or {}).keys():
            if mode is VALID or data.draw(st.booleans()):
                case.path_parameters[name] = data.draw(st.sampled_from(ids[name]))
        response = case.call(headers=headers)
        case.validate_response(response, checks=CHECKS)
        statuses.append(response.status_code)

    run()
    return statuses


@pytest.mark.usefixtures("unlimited")
def test_an_answer_that_the_specification_does_not_know_is_found(app, people, monkeypatch):
    """A proof that cannot fail would prove nothing."""
    headers, ids = {"Authorization": f"Bearer {token_of(people.mara)}"}, {"conversation_id": [987_654_321]}
    monkeypatch.setattr("webapp.api.openapi._refusals_of", lambda _operation: [400, 401, 422])
    openapi._specification.cache_clear()
    try:
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    finally:
        openapi._specification.cache_clear()

    operation = schema["/api/v1/storefront/messages/{conversation_id}"]["GET"]
    with pytest.raises(schemathesis.core.failures.FailureGroup, match="Received: 404"):
        ask(operation, VALID, headers, ids)
