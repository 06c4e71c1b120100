"""Routes of requests for data, of grants, and of what people ask about looks at their data."""

from __future__ import annotations

from django.urls import path

from yiwang.entrance.data import (
    enquiries,
    figures,
    grants,
    grants_forms,
    reports,
    requests,
    requests_forms,
    uses,
)

urlpatterns = [
    path("data/enquiries/", enquiries.show_enquiries),
    path("data/enquiries/<str:enquiry_key>/", enquiries.show_enquiry),
    path("data/requests/", requests.show_requests),
    path("data/requests/new/", requests.new_request),
    path("data/requests/<str:request_key>/", requests.show_request),
    *(
        path(f"data/requests/<str:request_key>/{slug}/", requests.take_act, {"slug": slug})
        for slug in requests_forms.SLUGS
    ),
    path("data/figures/", figures.show_figures),
    path("data/grants/", grants.show_grants),
    path("data/grants/<str:agreement_key>/", grants.show_grant),
    path("data/grants/<str:agreement_key>/uses/", uses.show_uses),
    path("data/grants/<str:agreement_key>/reports/", reports.show_reports),
    path("data/grants/<str:agreement_key>/reports/export/", reports.export_reports),
    *(
        path(f"data/grants/<str:agreement_key>/{slug}/", grants.take_act, {"slug": slug})
        for slug in grants_forms.SLUGS
    ),
]
