"""Where the person can see the thing a message or a look is about."""

from __future__ import annotations


def page_of(subject: str) -> str:
    """``case:<key>`` → its page; "" for things without a page of their own."""
    kind, _colon, key = subject.partition(":")
    pages = {
        "case": f"/my/cases/{key}/",
        "draft": f"/my/drafts/{key}/",
        "enquiry": f"/my/enquiries/{key}/",
        "account": "/my/security/",
        "mandate": f"/my/mandates/{key}/",
    }
    return pages.get(kind, "")
