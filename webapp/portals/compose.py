"""Starting a conversation: the compose page, the recipients it offers, and the form it sends."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, g, render_template, request, url_for

from webapp.accounts.models import Side
from webapp.attachments.errors import FilesRefused
from webapp.doors import limits, sending
from webapp.doors.identity import current_viewer
from webapp.doors.portal import Portal
from webapp.doors.uploads import received, takes_files
from webapp.messaging import access, queries
from webapp.messaging.drafts import NewConversation
from webapp.messaging.errors import Invalid
from webapp.messaging.models import SUBJECT_LENGTH
from webapp.messaging.recipients import Choice, Directory, Recipient, find_choice, find_choices
from webapp.messaging.text import without_control_characters
from webapp.portals import htmx
from webapp.portals.forms import ComposeForm, errors_of
from webapp.portals.panels import page_of
from webapp.settings.definitions import ATTACHMENT_MAX_FILES, ATTACHMENT_MAX_SIZE_MB
from webapp.settings.service import PlatformSettings

TEXT_LENGTH = 200
_IDS = {"content": "new-body", "body": "new-body", "files": "new-files"}
"""What is wrong leads to these ids; under the dialog lies a page with a composer of its own."""

_EMPTY: dict[str, Any] = {"errors": [], "chosen": None, "choices": None, "refused": None}


def register(blueprint: Blueprint, portal: Portal) -> None:
    """Give a portal whose people may start conversations its compose page."""
    path = portal.messages.removeprefix(portal.prefix)
    blueprint.add_url_rule(f"{path}/new", "compose", compose)
    blueprint.add_url_rule(f"{path}/new", "create_conversation", create_conversation, methods=["POST"])
    blueprint.add_url_rule(f"{path}/_/new", "compose_form", compose_form)
    blueprint.add_url_rule(f"{path}/_/recipients", "recipients", recipients)


def compose() -> str:
    """Show the compose page; ``to``, ``subject`` and ``body`` in the address fill it in."""
    args = request.args
    form = ComposeForm(
        formdata=None,
        side=args.get("side") or ("store" if current_viewer().is_admin else "customer"),
        subject=args.get("subject", "")[:SUBJECT_LENGTH],
        body=args.get("body", ""),
        client_key=str(uuid.uuid4()),
    )
    chosen = _chosen(args.get("to", ""))
    if chosen:
        form.side.data = chosen.recipient.type.value
    return _page(form, [], chosen=chosen)


def compose_form() -> Response:
    """Show the empty form of the compose page, for a dialog."""
    side = "store" if current_viewer().is_admin else "customer"
    form = ComposeForm(formdata=None, side=side, client_key=str(uuid.uuid4()))
    page = url_for(f"{g.portal.name}.compose")
    return htmx.piece("messaging/_compose_dialog.html", page=page, form=form, **_EMPTY, **_limits())


def recipients() -> Response:
    """Show the people and stores whose name or e-mail holds what was typed."""
    return htmx.piece(
        "messaging/_recipients.html",
        page=url_for(f"{g.portal.name}.compose"),
        choices=_matching(request.args.get("side"), request.args.get("recipient")),
        typed=_typed(request.args.get("recipient")),
    )


@takes_files
@limits.starting
@limits.uploading
def create_conversation() -> Response | tuple[str, int] | str:
    """Start the conversation and show it, or show every error with what was typed kept."""
    form = ComposeForm()
    if "find" in request.form:
        return _page(form, [], choices=_found(form))
    chosen = _chosen(form.choice.data or "") or _kept_choice(form) or _only_match(form)
    form.validate()
    errors = errors_of(form)
    choices: list[Choice] = []
    refused: FilesRefused | None = None
    if chosen is None:
        choices = _found(form) if form.recipient.data else []
        errors.insert(0, ("recipient", _recipient_error(form, choices)))
    channel = access.channel_between(current_viewer(), chosen.recipient.type) if chosen else None
    if not errors and chosen and channel:
        new = NewConversation(
            channel, chosen.recipient, form.subject.data or "", form.body.data or "", form.client_key.data or None
        )
        try:
            return htmx.go(page_of(sending.start(current_viewer(), new, received()).conversation.id))
        except Invalid as error:
            errors = [(error.field, error.message)]
        except FilesRefused as error:
            errors, refused = [("files", f"{file.filename}: {file.why.message}") for file in error.files], error
    errors = [(_IDS.get(field, field), message) for field, message in errors]
    status = 413 if refused and refused.is_too_large else 422
    if htmx.is_asking():
        html = render_template("messaging/_compose_errors.html", errors=errors, choices=choices, refused=refused)
        return htmx.refuse(status, html)
    return _page(form, errors, chosen=chosen, choices=choices, refused=refused), status


def _page(form: ComposeForm, errors: list[tuple[str, str]], **context: Any) -> str:
    if chosen := context.get("chosen"):
        form.recipient.data = chosen.name
    return render_template(
        "messaging/compose.html",
        form=form,
        badge=queries.badge(current_viewer()),
        **{**_EMPTY, "errors": errors, **_limits(), **context},
    )


def _limits() -> dict[str, Any]:
    """How large and how many the files may be: the page says it before they are sent."""
    settings = PlatformSettings().all()
    return {
        "largest_file_mb": settings[ATTACHMENT_MAX_SIZE_MB.key],
        "most_files": settings[ATTACHMENT_MAX_FILES.key],
    }


def _chosen(text: str) -> Choice | None:
    try:
        return find_choice(current_viewer(), Recipient.from_text(text)) if text else None
    except Invalid:
        return None


def _kept_choice(form: ComposeForm) -> Choice | None:
    """The recipient of the hidden field, while the visible one still names them: what one sees is who gets it."""
    kept = _chosen(form.to.data or "")
    return kept if kept and form.recipient.data in {None, kept.name} else None


def _only_match(form: ComposeForm) -> Choice | None:
    """Without JavaScript somebody may type a whole name or address: take it if it means one recipient only."""
    typed = _typed(form.recipient.data).casefold()
    exact = [choice for choice in _found(form) if typed and typed in {choice.name.casefold(), choice.email}]
    return exact[0] if len(exact) == 1 else None


def _found(form: ComposeForm) -> list[Choice]:
    return _matching(form.side.data, form.recipient.data)


def _matching(side: str | None, typed: str | None) -> list[Choice]:
    return find_choices(current_viewer(), Directory(_side(side), text=_typed(typed)))


def _recipient_error(form: ComposeForm, choices: list[Choice]) -> str:
    if not form.recipient.data:
        return "Select who to write to"
    return "Choose who to write to from the list" if choices else "Nobody was found with this name or email"


def _side(text: str | None) -> Side:
    return Side.STORE if text == "store" and current_viewer().is_admin else Side.CUSTOMER


def _typed(text: str | None) -> str:
    return without_control_characters((text or "").strip()[:TEXT_LENGTH])
