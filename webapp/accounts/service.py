"""AccountService: make and find users, stores, members and customers; start and end what they may do."""

from __future__ import annotations

import re
import unicodedata

from email_validator import EmailNotValidError, validate_email
from slugify import slugify
from sqlalchemy import and_, delete, select

from webapp.accounts import invitations, own_sessions
from webapp.accounts.colours import clean_colour
from webapp.accounts.errors import Invalid
from webapp.accounts.models import (
    CODE_LENGTH,
    NAME_LENGTH,
    ApiToken,
    Customer,
    MemberRole,
    Side,
    SignInSession,
    Store,
    StoreMember,
    User,
    UserRole,
)
from webapp.accounts.passwords import UNUSABLE, hash_password
from webapp.accounts.viewer import StoreRef
from webapp.audit import log
from webapp.audit.models import Action
from webapp.database import session

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def normalise_email(email: str) -> str:
    """Return the form in which an address is stored and compared; raises Invalid when it is none."""
    try:
        parsed = validate_email(
            email.strip(),
            check_deliverability=False,
            test_environment=True,
            allow_quoted_local=False,
        )
    except EmailNotValidError as error:
        raise Invalid(
            "email",
            "Enter an email address in the correct format, like name@example.com",
        ) from error
    return unicodedata.normalize("NFC", parsed.normalized).lower()


def clean_name(name: str) -> str:
    """Return a display name of 1 to 120 characters on one line; raises Invalid for any other."""
    cleaned = " ".join(unicodedata.normalize("NFC", name).split())
    if not 1 <= len(cleaned) <= NAME_LENGTH:
        raise Invalid("name", f"A name has 1 to {NAME_LENGTH} characters")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in cleaned):
        raise Invalid("name", "A name has no control characters")
    return cleaned


class AccountService:
    """The verbs on accounts; the caller opens and commits the transaction."""

    def create_admin(self, email: str, name: str, password: str | None) -> User:
        """Make a user of the platform; raises Invalid when the address is taken."""
        return self._create_user(email, name, password, UserRole.ADMIN)

    def create_store_user(self, email: str, name: str, password: str | None) -> User:
        """Make a user who can become a member of stores; raises Invalid when the address is taken."""
        return self._create_user(email, name, password, UserRole.STORE)

    def set_accent(self, store_id: int, colour: str, by: log.Actor) -> None:
        """Change the colour of a store's storefront; raises Invalid for one in which text cannot be read."""
        store, new = session.get_one(Store, store_id), clean_colour(colour) or None
        before, store.accent = store.accent, new
        session.flush()
        if new != before:
            facts = {"colour": before or ""}, {"colour": new or ""}
            log.note(by, Action.STOREFRONT_CHANGED, "store", store_id, before=facts[0], after=facts[1])

    def create_store(self, code: str, name: str) -> Store:
        """Make a tenant; raises Invalid when the code is no slug of at most 63 characters, or taken."""
        if not _CODE.fullmatch(code) or len(code) > CODE_LENGTH:
            raise Invalid(
                "code",
                "A store's code has small letters, digits and single hyphens, like harbor-goods",
            )
        if self.find_store(code):
            raise Invalid("code", f"There is a store with the code {code} already")
        store = Store(code=code, name=clean_name(name))
        session.add(store)
        session.flush()
        log.note(None, Action.STORE_CREATED, "store", store.id, store_id=store.id)
        return store

    def store_named(self, name: str) -> tuple[Store, bool]:
        """Find a store by its name or make it with a code of its own; tells whether it was made."""
        store = session.scalar(select(Store).where(Store.name == clean_name(name)).order_by(Store.id).limit(1))
        if store:
            return store, False
        base = slugify(name)[: CODE_LENGTH - 4].strip("-") or "store"
        code, number = base, 1
        while self.find_store(code):
            number += 1
            code = f"{base}-{number}"
        return self.create_store(code, name), True

    def add_member(self, store: Store, user: User, role: MemberRole) -> StoreMember:
        """Let a store user work for the store, or work for it again, in this role."""
        if user.role is not UserRole.STORE:
            raise Invalid(
                "email",
                f"{user.email} is an admin of the platform and cannot work for a store",
            )
        member = session.get(StoreMember, (store.id, user.id))
        if member is None:
            member = StoreMember(store_id=store.id, user_id=user.id, role=role)
            session.add(member)
        member.role, member.is_active = role, True
        session.flush()
        own_sessions.restrict_if_required(user.id)
        if role is not MemberRole.OWNER:
            invitations.forget_those_by(user.id, store.id)
        log.note(None, Action.MEMBER_CHANGED, "user", user.id, store_id=store.id, after={"role": role.value})
        return member

    def create_customer(self, store: Store, email: str, name: str, password: str | None) -> Customer:
        """Make an account at one store; raises Invalid when that store has the address already."""
        email = normalise_email(email)
        if self.find_customer(store, email):
            raise Invalid("email", f"{store.name} has a customer {email} already")
        customer = Customer(
            store_id=store.id,
            email=email,
            name=clean_name(name),
            password_hash=_hash(password),
        )
        session.add(customer)
        session.flush()
        log.note(None, Action.ACCOUNT_CREATED, "customer", customer.id, store_id=store.id)
        return customer

    def imported_customer(self, store: Store, name: str) -> Customer:
        """Find or make the one who stands for customers whose address is not known; nobody can sign in as them."""
        email = f"import@{store.code}.invalid"
        customer = session.scalar(select(Customer).where(Customer.store_id == store.id, Customer.email == email))
        if customer is None:
            customer = Customer(store_id=store.id, email=email, name=name, password_hash=UNUSABLE)
            session.add(customer)
            session.flush()
        return customer

    def active_stores(self) -> list[StoreRef]:
        """Return the tenants that are active, by name."""
        rows = session.execute(select(Store.id, Store.code, Store.name).where(Store.is_active).order_by(Store.name))
        return [StoreRef(*row) for row in rows]

    def find_user(self, email: str) -> User | None:
        return session.scalar(select(User).where(User.email == normalise_email(email)))

    def find_store(self, code: str) -> Store | None:
        """Find a tenant by its code; what cannot be a code is not asked for."""
        return session.scalar(select(Store).where(Store.code == code)) if _CODE.fullmatch(code) else None

    def find_customer(self, store: Store, email: str) -> Customer | None:
        return session.scalar(
            select(Customer).where(Customer.store_id == store.id, Customer.email == normalise_email(email))
        )

    def find_active(self, side: Side, email: str, store_code: str | None) -> User | Customer | None:
        """Find the account of a side that is active, as the sign-in page knows it; None for what is no address."""
        try:
            email = normalise_email(email)
        except Invalid:
            return None
        if side is Side.CUSTOMER:
            store = self.find_store(store_code or "")
            customer = self.find_customer(store, email) if store and store.is_active else None
            return customer if customer and customer.is_active else None
        user = self.find_user(email)
        return user if user and user.is_active and user.role.value == side.value else None

    def store_of(self, customer: Customer) -> Store:
        """Return the store of a customer."""
        return session.get_one(Store, customer.store_id)

    def deactivate(self, account: User | StoreMember | Customer, by: log.Actor | None = None) -> None:
        """End what the account may do, its sessions, tokens and invitations; its messages stay, with its name."""
        account.is_active = False
        for held in (SignInSession, ApiToken):
            match account:
                case User():
                    theirs = held.user_id == account.id
                case StoreMember():
                    theirs = and_(held.user_id == account.user_id, held.store_id == account.store_id)
                case Customer():
                    theirs = held.customer_id == account.id
            session.execute(delete(held).where(theirs))
        if isinstance(account, User):
            invitations.forget_those_by(account.id)
        elif isinstance(account, StoreMember):
            invitations.forget_those_by(account.user_id, account.store_id)
        session.flush()
        _note_activity(by, Action.ACCOUNT_DEACTIVATED, account)

    def activate(self, account: User | StoreMember | Customer, by: log.Actor | None = None) -> None:
        """Allow again what the account may do."""
        account.is_active = True
        session.flush()
        if isinstance(account, StoreMember):
            own_sessions.restrict_if_required(account.user_id)
        _note_activity(by, Action.ACCOUNT_ACTIVATED, account)

    def switch_store(self, store: Store, *, is_active: bool) -> None:
        """Let a store and its customers use the platform again, or not; then their sessions and tokens end."""
        store.is_active = is_active
        if not is_active:
            for held in (SignInSession, ApiToken):
                session.execute(delete(held).where(held.store_id == store.id))

    def _create_user(self, email: str, name: str, password: str | None, role: UserRole) -> User:
        email = normalise_email(email)
        if self.find_user(email):
            raise Invalid("email", f"There is a user {email} already")
        user = User(email=email, name=clean_name(name), password_hash=_hash(password), role=role)
        session.add(user)
        session.flush()
        log.note(None, Action.ACCOUNT_CREATED, "user", user.id, after={"role": role.value})
        return user


def _note_activity(by: log.Actor | None, action: Action, account: User | StoreMember | Customer) -> None:
    match account:
        case User():
            log.note(by, action, "user", account.id)
        case StoreMember():
            log.note(by, action, "user", account.user_id, store_id=account.store_id)
        case Customer():
            log.note(by, action, "customer", account.id, store_id=account.store_id)


def _hash(password: str | None) -> str:
    return UNUSABLE if password is None else hash_password(password)
