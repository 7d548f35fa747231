"""At once, in digests, never; quiet hours in the person's own zone; and a cap above which the rest waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.factories import change_settings, read, saving, send, start
from tests.notifications.conftest import LATER
from tests.portals.fixtures import browser_of, start_session
from webapp.accounts.models import Customer
from webapp.database import session
from webapp.notifications import preferences
from webapp.notifications.models import Frequency
from webapp.notifications.preferences import Wishes

HOUR = timedelta(hours=1)


def wish(viewer, wishes):
    with saving():
        preferences.choose((viewer.side, viewer.id), wishes)


def test_never_is_never(people, drain, smtp):
    wish(people.mara, Wishes(Frequency.NONE))
    start(people.olga, people.mara_row)
    drain()
    drain(timedelta(days=3))
    assert smtp.received == []


def test_an_hourly_digest_holds_what_is_unread_at_the_full_hour(people, drain, smtp):
    wish(people.mara, Wishes(Frequency.HOURLY))
    first, second = start(people.olga, people.mara_row, "First"), start(people.sam, people.mara_row, "Second", "Two")
    assert drain() == 0
    send(people.olga, first, "More")
    third = start(people.olga, people.mara_row, "Third", "Read by then")
    read(people.mara, third)
    drain()
    assert smtp.received == []
    assert drain(HOUR) == 1

    (received,) = smtp.received
    assert received.mail["Subject"] == "3 new messages in 2 conversations"
    assert [word for word in ("First", "Second", "Third") if word in received.text] == ["First", "Second"]
    assert "More" in received.text
    assert received.mail["Message-ID"]
    assert "digest-c" in received.mail["List-Unsubscribe"]
    assert drain(HOUR) == 0
    assert second.id


def test_a_daily_digest_comes_in_the_morning_of_the_person(people, drain, smtp, clock):
    wish(people.mara, Wishes(Frequency.DAILY))
    with saving():
        session.get(Customer, people.mara.id).timezone = "America/New_York"
    start(people.olga, people.mara_row)
    drain()  # 12:03 UTC, 07:03 in New York
    assert drain(timedelta(minutes=55)) == 0
    assert drain(LATER) == 1


def test_ending_digests_ends_all_mails_of_the_person(mail_app, people, drain, smtp):
    wish(people.mara, Wishes(Frequency.HOURLY))
    start(people.olga, people.mara_row)
    drain()
    drain(HOUR)
    address = smtp.received[0].mail["List-Unsubscribe"].strip("<>").removeprefix("https://parley.test")
    assert "about new messages" in browser_of(mail_app).post(address).text

    start(people.olga, people.mara_row, "Another")
    drain()
    drain(timedelta(days=1))
    assert len(smtp.received) == 1


def test_a_store_user_of_two_stores_gets_a_digest_of_each(people, drain, smtp):
    wish(people.wim_at_tea, Wishes(Frequency.HOURLY))
    start(people.ada, people.harbor, "Harbor talk")
    start(people.ada, people.tea, "Tea talk")
    drain()
    drain(HOUR)

    texts = [received.text for received in smtp.to("wim.both@example.com")]
    assert len(texts) == 2
    assert all(("Harbor talk" in text) != ("Tea talk" in text) for text in texts)


def test_quiet_hours_hold_a_mail_until_they_end(people, drain, smtp):
    wish(people.mara, Wishes(quiet_from=11, quiet_until=14))
    start(people.olga, people.mara_row)
    assert drain() == 0
    assert drain(timedelta(hours=1, minutes=56)) == 0
    assert drain(timedelta(minutes=2)) == 1


def test_above_the_cap_the_rest_waits_for_a_digest(people, drain, smtp):
    change_settings(email_most_per_hour=2)
    for number in range(5):
        start(people.olga, people.mara_row, f"Subject {number}")
    assert drain() == 2
    start(people.olga, people.mara_row, "Subject 5")
    assert drain() == 0
    assert drain(HOUR) == 1
    subjects = [received.mail["Subject"] for received in smtp.received]
    assert subjects[:2] == ["New message: Subject 0", "New message: Subject 1"]
    assert subjects[2] == "4 new messages in 4 conversations"


@pytest.mark.parametrize(
    ("hour", "quiet", "end"),
    [
        (23, (22, 7), 7 + 24),
        (3, (22, 7), 7),
        (7, (22, 7), None),
        (21, (22, 7), None),
        (9, (9, 10), 10),
        (10, (9, 10), None),
        (12, (None, None), None),
    ],
)
def test_quiet_hours_go_over_midnight(hour, quiet, end):
    day = datetime(2026, 11, 25, tzinfo=UTC)
    expected = None if end is None else day + timedelta(hours=end)
    assert Wishes(Frequency.AT_ONCE, *quiet).quiet_end(day + timedelta(hours=hour, minutes=30)) == (
        expected if hour != 7 or quiet != (22, 7) else None
    )


def test_an_hour_that_the_clock_skips_is_found_the_next_day():
    wishes = Wishes(Frequency.DAILY, timezone="Europe/Berlin")
    before = datetime(2026, 3, 28, 12, tzinfo=UTC)  # the night has no 02:00
    assert wishes.next_digest(before, 2) > before
    assert wishes.next_digest(before, 8).astimezone(UTC) == datetime(2026, 3, 29, 6, tzinfo=UTC)


@pytest.mark.parametrize("who", ["ada", "olga", "mara"])
def test_the_page_keeps_what_is_chosen(mail_app, people, who):
    viewer = getattr(people, who)
    browser = browser_of(mail_app)
    portal = {"ada": "admin", "olga": "store", "mara": "storefront"}[who]
    browser.set_cookie(f"parley_{portal}", start_session(viewer))
    page = f"/{portal}/{'account/' if who == 'mara' else ''}email-preferences"
    browser.get(page)

    assert browser.submit(page, frequency="daily", quiet_from="22", quiet_until="7").status_code == 303
    with mail_app.app_context():
        wishes = preferences.wishes_of({(viewer.side, viewer.id)})[viewer.side, viewer.id]
        session.rollback()
    assert (wishes.frequency, wishes.quiet_from, wishes.quiet_until) == (Frequency.DAILY, 22, 7)

    browser.get(page)
    for odd in ({"quiet_until": ""}, {"quiet_until": "22"}, {"frequency": "sometimes"}):
        refused = browser.submit(page, **odd)
        assert refused.status_code == 422
        assert "There is a problem" in refused.text
        browser.get(page)
