"""What programs send, under the names of the contract; unknown fields are refused, never ignored."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from webapp.messaging.access import LARGEST_KEY
from webapp.messaging.models import CONTENT_LENGTH, SUBJECT_LENGTH, ConversationType

Key = Annotated[int, Field(ge=1, le=LARGEST_KEY)]
Seq = Annotated[int, Field(ge=0, le=LARGEST_KEY)]
Content = Annotated[
    str,
    Field(
        description="Plain text of 1 to 10,000 characters after trimming.",
        json_schema_extra={"minLength": 1, "maxLength": CONTENT_LENGTH},
    ),
]


class Incoming(BaseModel):
    """What a program sends."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class RecipientReference(Incoming):
    """Whom to write to: a customer or a store's user by `id`, or a whole store by its `store_id` alone."""

    type: Literal["store", "customer"]
    id: Key | None = None
    store_id: Key | None = Field(None, description="Needed for a whole store, and for a user of several stores.")

    @model_validator(mode="after")
    def _name_somebody(self) -> RecipientReference:
        if self.id is None and (self.type == "customer" or self.store_id is None):
            raise PydanticCustomError("required", "Give an id, or a store_id for a whole store")
        return self


class MessageCreate(Incoming):
    """A message to be sent."""

    content: Content


class ConversationCreate(MessageCreate):
    """A conversation to be started with its first message."""

    conversation_type: ConversationType = Field(strict=False)
    subject: str = Field(
        description="One line of 1 to 200 characters.",
        json_schema_extra={"minLength": 1, "maxLength": SUBJECT_LENGTH},
    )
    recipient: RecipientReference


class ReadUpdate(Incoming):
    """How far you have read; without `up_to_seq`, to the last message."""

    up_to_seq: Seq | None = None


class UnreadUpdate(Incoming):
    """From which message on the messages by others are unread again."""

    from_seq: Annotated[int, Field(ge=1, le=LARGEST_KEY)]


class PreferencesUpdate(Incoming):
    """Your own preferences for a conversation."""

    email_notifications: bool


class Nothing(Incoming):
    """No field at all; the body may be left out."""


Secret = Annotated[str, Field(min_length=1, max_length=1024)]
Address = Annotated[str, Field(min_length=1, max_length=254, pattern=r"^[^\x00-\x1f\x7f]*$")]
Code = Annotated[str, Field(min_length=1, max_length=63, pattern=r"^[a-z0-9-]*$")]


class AdminCredentials(Incoming):
    """An admin's e-mail and password."""

    email: Address
    password: Secret


class StoreCredentials(AdminCredentials):
    """A store user's e-mail and password; somebody of several stores names one."""

    store: Code | None = None


class CustomerCredentials(AdminCredentials):
    """A customer's e-mail and password, and the code of their store."""

    store: Code


class Asked(BaseModel):
    """The parameters of an address. An empty one counts as left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _leave_out_empty_ones(cls, given: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in given.items() if value != ""}


def _digits(given: object) -> object:
    """Refuse what only looks like a number: 10.0, +5, 1_000, or digits of another script."""
    if isinstance(given, str) and not (given.isascii() and given.removeprefix("-").isdigit()):
        raise PydanticCustomError("int_parsing", "This must be a whole number")
    return given


def _truth(given: object) -> object:
    words = {"true": True, "1": True, "false": False, "0": False}
    return words.get(given.lower(), given) if isinstance(given, str) else given


def _without_control_characters(given: str) -> str:
    if any(unicodedata.category(one) in {"Cc", "Cs"} and not one.isspace() for one in given):
        raise PydanticCustomError("control_character", "This has a character that cannot be shown")
    return given


Number = BeforeValidator(_digits)
Truth = Annotated[bool, Field(strict=True), BeforeValidator(_truth)]
Words = Annotated[
    str,
    Field(max_length=200, json_schema_extra={"pattern": r"^[^\x00-\x08\x0e-\x1f\x7f]*$"}),
    AfterValidator(_without_control_characters),
]


class ListQuery(Asked):
    """What narrows the inbox, and the page."""

    type: ConversationType | None = Field(None, description="The channel.")
    status: Literal["open", "closed", "all"] = "open"
    scope: Literal["mine", "team"] = Field("mine", description="What you take part in, or all that your side may see.")
    unread: Truth = Field(False, description="Only what you have not read.")
    store_id: Annotated[Key, Number] | None = None
    q: Words = Field(
        "",
        description="Words of the subject, the messages, the names of files and of people; `from:`, `has:attachment`, "
        '`before:` and `after:` a day; "phrases" in quotes.',
    )
    limit: Annotated[int, Number] = Field(25, ge=1, le=100)
    cursor: str | None = Field(None, description="The `next_cursor` of the page before.")


class RecipientQuery(Asked):
    """What narrows the directory, and the page."""

    type: Literal["store", "customer"] | None = None
    store_id: Annotated[Key, Number] | None = None
    q: Words = Field("", description="Part of a name or an e-mail.")
    limit: Annotated[int, Number] = Field(25, ge=1, le=100)
    cursor: str | None = Field(None, description="The `next_cursor` of the page before.")


class WindowQuery(Asked):
    """Which messages: the newest, or those before or after a `seq`."""

    before: Annotated[Seq, Number] | None = None
    after: Annotated[Seq, Number] | None = None
    limit: Annotated[int, Number] = Field(50, ge=1, le=200)

    @model_validator(mode="after")
    def _one_edge(self) -> WindowQuery:
        if self.before is not None and self.after is not None:
            raise PydanticCustomError("conflict", "Give before or after, not both")
        return self


class PreviewQuery(Asked):
    """How large the preview is."""

    size: Literal["thumbnail", "large"] = "large"


class NoQuery(Asked):
    """No parameter at all."""
