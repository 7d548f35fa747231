"""Making and finding accounts: addresses in one form, names on one line, each taken once."""

from __future__ import annotations

import pytest

from tests.factories import OWNER, accounts, make_admin, make_customer, make_member, make_store, make_store_user, saving
from webapp.accounts.errors import Invalid
from webapp.accounts.models import Side
from webapp.accounts.service import clean_name, normalise_email
from webapp.accounts.viewer import StoreRef, Viewer
from webapp.database import reading


def refused(act):
    with pytest.raises(Invalid) as error, saving():
        act()
    return error.value.field


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("  Ada@Example.COM ", "ada@example.com"), ("a+b@x.test", "a+b@x.test"), ("JÖRG@exämple.de", "jörg@exämple.de")],
)
def test_an_address_has_one_form(typed, kept):
    assert normalise_email(typed) == kept
    assert normalise_email(kept) == kept


@pytest.mark.parametrize(
    "typed", ["", "ada", "ada@", "@x.test", "a b@x.test", "a@x.test\nb", "a@b@c.de", "a" * 300 + "@x.test"]
)
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(Invalid):
        normalise_email(typed)


@pytest.mark.parametrize(
    ("typed", "kept"), [("  Ada   Lovelace ", "Ada Lovelace"), ("e\u0301", "é"), ("李 👍", "李 👍")]
)
def test_a_name_is_kept_on_one_line(typed, kept):
    assert clean_name(typed) == kept


@pytest.mark.parametrize("typed", ["", "   ", "x" * 121, "a\x00b", "a\ud800"])
def test_what_is_no_name_is_refused(typed):
    with pytest.raises(Invalid):
        clean_name(typed)


@pytest.mark.usefixtures("db_context")
class TestAccounts:
    def test_a_user_has_an_address_nobody_else_has(self):
        make_admin(email="one@example.com")

        assert refused(lambda: accounts.create_admin("ONE@example.com", "Two", None)) == "email"
        assert refused(lambda: accounts.create_store_user("one@example.com", "Two", None)) == "email"

    def test_a_customers_address_is_taken_within_one_store_only(self):
        harbor, tea = make_store("harbor-goods"), make_store("tea-corner")
        one = make_customer(harbor, "Mara", "mara@example.com")
        two = make_customer(tea, "Mara", "mara@example.com")

        assert one.id != two.id
        assert refused(lambda: accounts.create_customer(harbor, "Mara@example.com", "Other", None)) == "email"
        with reading():
            assert accounts.find_customer(tea, "MARA@example.com").id == two.id

    @pytest.mark.parametrize("code", ["", "Harbor", "a_b", "-a", "a-", "a--b", "a b", "ä", "x" * 64, "a/b", "a\n"])
    def test_a_stores_code_is_a_slug(self, code):
        assert refused(lambda: accounts.create_store(code, "Name")) == "code"

    def test_a_stores_code_is_taken_once(self):
        make_store("tea-corner")

        assert refused(lambda: accounts.create_store("tea-corner", "Other")) == "code"

    def test_a_store_is_found_by_its_name_or_made_with_a_code_of_its_own(self):
        with saving():
            made = [accounts.store_named(name) for name in ("Tea & Co", "Tea Co", "Tea & Co", "茶", "!!!")]

        assert [created for _, created in made] == [True, True, False, True, True]
        assert made[0][0].id == made[2][0].id
        assert len({store.code for store, _ in made}) == 4

    def test_an_admin_cannot_work_for_a_store(self):
        store, ada = make_store(), make_admin()

        assert refused(lambda: accounts.add_member(store, ada, OWNER)) == "email"

    def test_a_member_who_returns_has_one_membership_in_the_new_role(self):
        store = make_store()
        olga = make_store_user(store, "Olga", OWNER)
        with saving():
            accounts.deactivate(accounts.add_member(store, olga, OWNER))
        back = make_member(store, olga)

        assert (back.is_active, back.role.value) == (True, "agent")

    def test_a_short_password_is_refused_before_anything_is_saved(self):
        assert refused(lambda: accounts.create_admin("a@example.com", "A", "short")) == "password"
        with reading():
            assert accounts.find_user("a@example.com") is None


@pytest.mark.parametrize(
    ("side", "store"), [(Side.ADMIN, StoreRef(1, "a", "A")), (Side.STORE, None), (Side.CUSTOMER, None)]
)
def test_a_viewer_of_the_wrong_shape_cannot_be(side, store):
    with pytest.raises(ValueError, match="store"):
        Viewer(side, 1, "X", "x@example.com", store=store)
