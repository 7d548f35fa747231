"""Who is in the demo: stores, admins, staff and customers, each under the short name that the talks use."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from webapp.accounts.models import Customer, MemberRole, Side, Store, StoreMember, User, UserRole
from webapp.accounts.passwords import hash_password
from webapp.accounts.viewer import StoreRef, Viewer
from webapp.database import session
from webapp.messaging.membership import Person

PASSWORD = "parley-demo"  # noqa: S105
STORES = {"harbor-goods": "Harbor Goods", "tea-corner": "Tea Corner", "atlas-lamps": "Atlas Lamps"}
ACCENTS = {"harbor-goods": "#0b5f6b", "tea-corner": "#2f6b2f"}
ADMINS = {"ada": ("Ada Quist", "ada@parley.example"), "ben": ("Ben Okoye", "ben@parley.example")}
STAFF = {
    "olga": ("Olga Petrova", "olga@harbor.example"),
    "ivo": ("Ivo Marek", "ivo@harbor.example"),
    "petra": ("Petra Janssen", "petra@harbor.example"),
    "tess": ("Tess Whitfield", "tess@tea.example"),
    "lars": ("Lars Holm", "lars@atlas.example"),
    "amina": ("Amina Diallo", "amina@atlas.example"),
}
MEMBERS = {
    "harbor-goods": {"olga": MemberRole.OWNER, "ivo": MemberRole.AGENT, "petra": MemberRole.AGENT},
    "tea-corner": {"tess": MemberRole.OWNER, "ivo": MemberRole.AGENT},
    "atlas-lamps": {"lars": MemberRole.OWNER, "amina": MemberRole.AGENT},
}
CUSTOMERS = {
    "harbor-goods": {
        "mara": ("Mara Lindholm", "mara@customers.example"),
        "joon": ("Joon Park", "joon@customers.example"),
        "layla": ("ليلى حداد", "layla@customers.example"),
        "gwen": ("Gwen Okafor", "gwen@customers.example"),
        "max": ("Maximiliana Theodora Constantinopoulos-Featherstonehaugh III", "maximiliana@customers.example"),
    },
    "tea-corner": {
        "mara": ("Mara Lindholm", "mara@customers.example"),
        "noor": ("Noor Rahman", "noor@customers.example"),
        "misaki": ("佐藤 美咲", "misaki@customers.example"),
        "noa": ("נועה לוי", "noa@customers.example"),
    },
    "atlas-lamps": {
        "yusuf": ("Yusuf Demir", "yusuf@customers.example"),
        "chiara": ("Chiara Lindqvist", "chiara@customers.example"),
        "emile": ("Émile Fournier", "emile@customers.example"),
    },
}


@dataclass
class Cast:
    """The accounts that were made: ids of stores by code, and of people by store and short name."""

    stores: dict[str, int] = field(default_factory=dict)
    people: dict[tuple[str, str], Person] = field(default_factory=dict)

    def person(self, store: str, name: str) -> Person:
        """Find somebody as the store's talks call them; admins have one name everywhere."""
        return self.people.get((store, name)) or self.people["", name]


def make(moment: datetime) -> Cast:
    """Make all accounts, as if at that moment; the caller opens and commits the transaction."""
    password_hash = hash_password(PASSWORD)

    def user(name: str, email: str, role: UserRole) -> User:
        return User(name=name, email=email, role=role, password_hash=password_hash, created_at=moment)

    stores = {
        code: Store(code=code, name=name, accent=ACCENTS.get(code), created_at=moment) for code, name in STORES.items()
    }
    admins = {key: user(*who, UserRole.ADMIN) for key, who in ADMINS.items()}
    staff = {key: user(*who, UserRole.STORE) for key, who in STAFF.items()}
    for rows in (stores, admins, staff):
        session.add_all(rows.values())
        session.flush()
    cast = Cast({code: store.id for code, store in stores.items()})
    cast.people |= {("", key): (Side.ADMIN, admin.id) for key, admin in admins.items()}
    for code, members in MEMBERS.items():
        for key, role in members.items():
            session.add(StoreMember(store_id=stores[code].id, user_id=staff[key].id, role=role, created_at=moment))
            cast.people[code, key] = Side.STORE, staff[key].id
    for code, customers in CUSTOMERS.items():
        known = {
            key: Customer(
                store_id=stores[code].id, name=name, email=email, password_hash=password_hash, created_at=moment
            )
            for key, (name, email) in customers.items()
        }
        session.add_all(known.values())
        session.flush()
        cast.people |= {(code, key): (Side.CUSTOMER, customer.id) for key, customer in known.items()}
    return cast


def viewer(side: Side, number: int, store: str | int | None) -> Viewer:
    """Return somebody of the demo as who they are when they sign in, in a store by its code or id."""
    account = session.get_one(Customer, number) if side is Side.CUSTOMER else session.get_one(User, number)
    if side is Side.ADMIN:
        return Viewer(side, number, account.name, account.email)
    wanted = Store.id == store if isinstance(store, int) else Store.code == store
    found = session.scalars(select(Store).where(wanted)).one()
    return Viewer(side, number, account.name, account.email, store=StoreRef(found.id, found.code, found.name))
