"""The customer's thread says that replies come by e-mail too, and where that is chosen; switching says so at once."""

from __future__ import annotations

from tests.factories import close, start


def test_a_customer_reads_that_replies_come_by_email(sign_in, people):
    conversation = start(people.olga, people.mara_row)
    browser, thread = sign_in(people.mara), f"/storefront/account/messages/{conversation.id}"

    page = browser.get(thread).text
    assert "We email you when somebody replies" in page
    assert "/storefront/account/email-preferences" in page
    changed = browser.submit("/preferences", htmx=True)
    assert "You get no e-mails about this conversation." in changed.text
    assert "You get no e-mails about this conversation." in browser.get(thread).text
    close(people.olga, conversation)
    assert "You get no e-mails about this conversation." in browser.get(thread).text


def test_others_have_the_switch_alone(sign_in, people):
    conversation = start(people.olga, people.mara_row)
    assert 'id="email-note"' not in sign_in(people.olga).get(f"/store/messages/{conversation.id}").text
