"""Background work that failed for good: see, retry, close with a reason."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from yiwang.entrance.console import navigation
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import InvalidInput
from yiwang.mechanisms.jobs import actions as job_actions
from yiwang.mechanisms.jobs import queries as job_queries
from yiwang.mechanisms.jobs.definitions import JobState

PAGE_SIZE: Final = 50
_TABS: Final = (
    (JobState.DEAD, "等人处理"),
    (JobState.WAITING, "排队"),
    (JobState.RUNNING, "正在办"),
    (JobState.CLOSED, "已关闭"),
)


@require_GET
@access(OFFICIAL, roles=navigation.CONSOLE_ROLES)
def show_jobs(request: HttpRequest) -> HttpResponse:
    """Jobs in one state, oldest first, and how the queue does."""
    wanted = request.GET.get("state", "")
    state = next((s for s, _label in _TABS if s == wanted), JobState.DEAD)
    after = navigation.key_in(request.GET.get("after", ""))
    rows = job_queries.list_jobs(state=state, after=after, limit=PAGE_SIZE)
    following = f"?state={state}&after={rows[-1].key}" if len(rows) == PAGE_SIZE else ""
    context = {
        "links": navigation.links(request),
        "tabs": [(s, label, s is state) for s, label in _TABS],
        "health": job_queries.health(),
        "jobs": rows,
        "next": following,
        "first": f"?state={state}" if after else "",
        "done": request.GET.get("done", ""),
    }
    return render(request, "console/jobs.html", context)


@require_GET
@access(OFFICIAL, roles=navigation.CONSOLE_ROLES)
def show_job(request: HttpRequest, key: int) -> HttpResponse:
    """One job: what it was to do, how often it was tried, what went wrong last."""
    return _job_page(request, key)


@require_POST
@access(OFFICIAL, roles=navigation.CONSOLE_ROLES)
def retry(request: HttpRequest, key: int) -> HttpResponse:
    """Send a dead job back to the queue."""
    job_actions.retry_job(key=key, actor=request.actor, at=now())  # type: ignore[attr-defined]
    return HttpResponseRedirect("/console/jobs/?done=retry")


@require_POST
@access(OFFICIAL, roles=navigation.CONSOLE_ROLES)
def close(request: HttpRequest, key: int) -> HttpResponse:
    """Put a dead job away and say why."""
    reason = request.POST.get("reason", "")
    try:
        job_actions.close_job(key=key, reason=reason, actor=request.actor, at=now())  # type: ignore[attr-defined]
    except InvalidInput as refusal:
        return _job_page(request, key, refusal=refusal)
    return HttpResponseRedirect("/console/jobs/?done=close")


def _job_page(
    request: HttpRequest, key: int, *, refusal: InvalidInput | None = None
) -> HttpResponse:
    job = job_queries.get_job(key)
    context = {
        "links": navigation.links(request),
        "job": job,
        "label": dict(_TABS).get(job.state, "已办完"),
        "dead": job.state is JobState.DEAD,
        "refusal": refusal,
    }
    return render(request, "console/job.html", context, status=refusal.status if refusal else 200)
