"""Keys of the school's other programs."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from broadcaster.domain.permissions import Right
from broadcaster.domain.scopes import Scope, is_open
from broadcaster.i18n import _
from broadcaster.services.tokens import NoSuchToken, all_tokens, make_token, revoke_token
from broadcaster.web.access import StaffRequest, actor_of, allowed
from broadcaster.web.forms.tokens import TokenForm
from broadcaster.web.words_of_programs import scope_word

SHOWN = 200


@allowed(Right.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: StaffRequest) -> HttpResponse:
    """All tokens, and a form for one more; its secret is shown in the answer, once."""
    form = TokenForm(request.POST or None)
    secret, made = "", None
    if request.method == "POST" and form.is_valid():
        made, secret = make_token(
            form.cleaned_data["name"],
            form.chosen(),
            expires_at=form.cleaned_data["last_day"],
            by=actor_of(request),
            now=datetime.now(UTC),
        )
        form = TokenForm()
    response = render(request, "tokens/tokens.html.j2", _about(form, secret, made))
    response["Cache-Control"] = "no-store"
    return response


@allowed(Right.MANAGE)
@require_POST
def revoke(request: StaffRequest, number: int) -> HttpResponse:
    """Close a token for ever."""
    try:
        revoke_token(number, by=actor_of(request), now=datetime.now(UTC))
    except NoSuchToken as error:
        raise Http404 from error
    messages.success(request, _("Ключ отозван: программа с ним больше ничего не сможет."))
    return redirect("tokens")


def _about(form: TokenForm, secret: str, made: object) -> dict[str, object]:
    now = datetime.now(UTC)
    rows = [
        (row, is_open(now=now, expires_at=row.expires_at, revoked_at=row.revoked_at))
        for row in all_tokens()[:SHOWN]
    ]
    return {
        "form": form,
        "rows": rows,
        "secret": secret,
        "made": made,
        "scopes": list(Scope),
        "scope_word": scope_word,
    }


urlpatterns = [
    path("", tokens, name="tokens"),
    path("<int:number>/revoke", revoke, name="token-revoke"),
]
