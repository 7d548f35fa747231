"""GET recipients: whom one may write to, page by page."""

from __future__ import annotations

from tests.factories import deactivate, make_customer


def names(answer):
    return [one["name"] for one in answer["recipients"]]


def test_an_admin_finds_stores_their_users_and_customers(people, program):
    found = program(people.ada).read("/recipients")

    assert names(found) == [
        *("Harbor Goods", "Tea Corner"),
        *("Olga Owner", "Sam Agent", "Wim Both", "Tom Teaman", "Wim Both"),
        *("Luis Gomez", "Mara Lind", "Nina Tran"),
    ]
    harbor = {"id": people.harbor.id, "code": "harbor-goods", "name": "Harbor Goods"}
    assert found["recipients"][0] == {
        "type": "store",
        "id": None,
        "name": "Harbor Goods",
        "email": None,
        "store": harbor,
    }
    assert found["recipients"][2] == {
        "type": "store",
        "id": people.olga.id,
        "name": "Olga Owner",
        "email": "olga.owner@example.com",
        "store": harbor,
    }
    assert found["next_cursor"] is None


def test_a_store_finds_its_own_customers_only(people, program):
    olga = program(people.olga)

    assert names(olga.read("/recipients")) == ["Luis Gomez", "Mara Lind"]
    assert names(olga.read("/recipients?type=store")) == []
    assert names(olga.read(f"/recipients?store_id={people.tea.id}")) == []
    assert names(olga.read("/recipients?q=nina")) == []


def test_filters_narrow(people, program):
    ada = program(people.ada)

    assert names(ada.read("/recipients?type=customer&q=MARA")) == ["Mara Lind"]
    assert names(ada.read(f"/recipients?store_id={people.tea.id}&type=store")) == [
        "Tea Corner",
        "Tom Teaman",
        "Wim Both",
    ]
    assert names(ada.read("/recipients?q=nina.tran@example.com")) == ["Nina Tran"]
    assert names(ada.read("/recipients?q=100%25")) == []


def test_pages_hold_everybody_once(people, program):
    for number in range(5):
        make_customer(people.harbor, "Same Name", f"same{number}@example.com")
    ada, seen, cursor = program(people.ada), [], ""
    whole = ada.read("/recipients?limit=100")["recipients"]

    while cursor is not None:
        answer = ada.read(f"/recipients?limit=2&cursor={cursor}")
        seen += answer["recipients"]
        cursor = answer["next_cursor"]

    assert seen == whole
    assert len(whole) == 15


def test_a_cursor_is_of_its_viewer_and_its_filters(people, program):
    ada, ben = program(people.ada), program(people.ben)
    cursor = ada.read("/recipients?limit=1")["next_cursor"]

    assert ada.get(f"/recipients?cursor={cursor}").status_code == 200
    assert ada.get(f"/recipients?q=a&cursor={cursor}").status_code == 422
    assert ben.get(f"/recipients?cursor={cursor}").status_code == 422
    assert ada.get(f"?cursor={cursor}").status_code == 422


def test_who_left_is_not_found(people, program):
    deactivate(people.luis_row)
    deactivate(people.tea)

    assert names(program(people.olga).read("/recipients")) == ["Mara Lind"]
    assert "Nina Tran" not in names(program(people.ada).read("/recipients"))
