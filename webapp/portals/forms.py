"""The plain forms; what may be typed is the domain's rule, and its words stand by the field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import (
    EmailField,
    Field,
    Form,
    HiddenField,
    PasswordField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, ValidationError

from webapp.doors.uploads import has_files
from webapp.messaging.drafts import Draft
from webapp.messaging.errors import Invalid
from webapp.messaging.text import clean_content, clean_key, clean_subject, without_control_characters

MOST_DRAFTS = 8
"""How many earlier states of itself a reply may name; a page names five."""


def by(rule: Callable[[str], object]) -> Callable[[Form, Field], None]:
    """Make a validator of a rule of the domain."""

    def validate(_form: Form, field: Field) -> None:
        try:
            rule(field.data or "")
        except Invalid as error:
            raise ValidationError(error.message) from error

    return validate


def clean_body(text: str) -> object:
    """A message may be files only."""
    return clean_content(text, has_files=has_files())


def clean_optional_key(key: str) -> object:
    """A form without JavaScript or from a program may come without a key."""
    return clean_key(key or None)


def without_invisible(typed: str | None) -> str:
    """No address has control characters, and no page can show them again."""
    return without_control_characters(typed or "")


def last_shown() -> int | None:
    """Return the last message that the page showed, if it says so.

    A page that htmx changed says it twice, in its form and as it stands now: the later one counts.
    """
    return max(request.form.getlist("up_to_seq", type=int), default=None)


class CheckedForm(FlaskForm):  # type: ignore[misc]
    """A form whose token the guard has checked before its view: it needs no field for it, and no other token."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        csrf = False


class SignInForm(CheckedForm):
    """E-mail and password; one answer for every failure."""

    email = EmailField("Email", filters=[without_invisible], validators=[InputRequired("Enter your email address")])
    password = PasswordField("Password", validators=[InputRequired("Enter your password")])


class ReplyForm(CheckedForm):
    """A reply in a thread."""

    body = TextAreaField("Message", validators=[by(clean_body)])
    client_key = HiddenField(validators=[by(clean_optional_key)])

    def draft(self) -> Draft:
        """Return the message as the domain takes it."""
        drafts = tuple(request.form.getlist("draft")[:MOST_DRAFTS])
        return Draft(self.body.data or "", self.client_key.data or None, last_shown(), drafts)


class ComposeForm(CheckedForm):
    """A new conversation. ``recipient`` is what was typed to find somebody, ``to`` who was chosen for that text.

    ``choice`` is who was chosen, without JavaScript, among those who were found.
    """

    side = StringField("Who is it for?")
    recipient = StringField("Recipient")
    to = HiddenField()
    choice = StringField()
    subject = StringField("Subject", validators=[by(clean_subject)])
    body = TextAreaField("Message", validators=[by(clean_body)])
    client_key = HiddenField(validators=[by(clean_optional_key)])


def errors_of(form: Any) -> list[tuple[str, str]]:
    """Return each field's name and first error, in the order of the form."""
    return [(name, errors[0]) for name, errors in form.errors.items() if name and errors]
