"""Programs that want to hear when an announcement has come to its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from broadcaster.bootstrap import office
from broadcaster.domain.permissions import Right
from broadcaster.i18n import _
from broadcaster.services.calls import is_heard
from broadcaster.services.webhooks import (
    NoSuchWebhook,
    add_webhook,
    all_webhooks,
    drop_webhook,
    latest_calls,
    start_webhook,
    stop_webhook,
    try_webhook,
)
from broadcaster.web.access import StaffRequest, actor_of, allowed
from broadcaster.web.forms.webhooks import WebhookForm
from broadcaster.web.words_of_programs import answer_word, event_word

CALLS_SHOWN = 50


@allowed(Right.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def webhooks(request: StaffRequest) -> HttpResponse:
    """Who is called and what came of it; a form for one more, its secret is shown once."""
    form, made = WebhookForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        made = add_webhook(
            form.cleaned_data["url"],
            form.chosen(),
            office().webhooks,
            by=actor_of(request),
            now=datetime.now(UTC),
        )
        form = WebhookForm()
    about = {
        "form": form,
        "made": made,
        "rows": all_webhooks(),
        "calls": latest_calls(CALLS_SHOWN),
        "answer_word": answer_word,
        "event_word": event_word,
        "is_heard": is_heard,
    }
    response = render(request, "webhooks/webhooks.html.j2", about)
    response["Cache-Control"] = "no-store"
    return response


@allowed(Right.MANAGE)
@require_POST
def try_out(request: StaffRequest, number: int) -> HttpResponse:
    """Call once, now, and say what came of it."""
    try:
        answer = try_webhook(number, office().webhooks, now=datetime.now(UTC))
    except NoSuchWebhook as error:
        raise Http404 from error
    if is_heard(answer):
        messages.success(request, _("Программа услышала."))
    else:
        words = _("Программа не услышала: {answer}.").format(answer=answer_word(answer))
        messages.error(request, words)
    return redirect("webhooks")


def _change(service: Callable[..., None], words: str) -> Callable[..., HttpResponse]:
    @allowed(Right.MANAGE)
    @require_POST
    def view(request: StaffRequest, number: int) -> HttpResponse:
        try:
            service(number, by=actor_of(request), now=datetime.now(UTC))
        except NoSuchWebhook as error:
            raise Http404 from error
        messages.success(request, words)
        return redirect("webhooks")

    return view


stop = _change(stop_webhook, _("Больше этой программе ничего не сообщаем."))
start = _change(start_webhook, _("Сообщаем снова, начиная с пропущенного."))
drop = _change(drop_webhook, _("Адрес забыт."))

urlpatterns = [
    path("", webhooks, name="webhooks"),
    path("<int:number>/test", try_out, name="webhook-test"),
    path("<int:number>/stop", stop, name="webhook-stop"),
    path("<int:number>/start", start, name="webhook-start"),
    path("<int:number>/drop", drop, name="webhook-drop"),
]
