"""Routes of the desk."""

from __future__ import annotations

from django.urls import path

from yiwang.entrance.desk import (
    archive_lists,
    archives,
    batch,
    branches,
    breaches,
    cards,
    case_acts,
    cases,
    files,
    filters,
    grant_acts,
    grants,
    inbox,
    mandates,
    months,
    papers,
    phrases,
    promises,
    registers,
    reviews,
    serving,
    standing_in,
    talks,
    trust,
    viewer,
    visits,
    worklist,
)
from yiwang.entrance.shell import security

_GRANT_ACTS = ("announce-stop", "stop", "keep", "resume", "change-sum", "change-account")
_FINDINGS = ("find-true", "order-correction", "find-corrected", "find-false", "find-not-corrected")

urlpatterns = [
    path("desk/", worklist.show_worklist),
    path("desk/filters/", filters.narrow),
    path("desk/phrases/", phrases.show_phrases),
    path("desk/phrases/<str:phrase_key>/forget/", phrases.forget),
    path("desk/batch/", batch.batch),
    path("desk/filters/<str:filter_key>/forget/", filters.forget),
    *security.routes("desk/security/"),
    path("desk/mandates/", mandates.papers),
    path("desk/mandates/new/", mandates.new),
    path("desk/mandates/<str:paper_key>/", mandates.paper),
    path("desk/mandates/<str:paper_key>/scan/", mandates.scan),
    path("desk/mandates/<str:paper_key>/settle/", mandates.settle),
    path("desk/security/totp/", security.totp),
    path("desk/security/spare-codes/", security.spare_codes),
    path("desk/stand-ins/", standing_in.overview),
    path("desk/stand-ins/stop/", standing_in.stop),
    path("desk/stand-ins/<str:stand_in_key>/begin/", standing_in.begin),
    path("desk/stand-ins/<str:stand_in_key>/end/", standing_in.end),
    path("desk/cases/<str:case_key>/", cases.show_case),
    *(
        path(f"desk/cases/<str:case_key>/acts/{slug}/", case_acts.take_act, {"slug": slug})
        for slug in case_acts.SLUGS
    ),
    path("desk/cases/<str:case_key>/consult/", branches.consult),
    path("desk/cases/<str:case_key>/expert-review/", branches.review),
    path("desk/cases/<str:case_key>/visit/", visits.want),
    path("desk/cases/<str:case_key>/verify/", trust.verify),
    path("desk/cases/<str:case_key>/late/<str:tolerance_key>/send-back/", trust.send_back),
    path("desk/cases/<str:case_key>/late/<str:tolerance_key>/confirm/", trust.confirm),
    path("desk/cases/<str:case_key>/letters/", serving.serve),
    path("desk/cases/<str:case_key>/shelf/", papers.put_on_shelf),
    path("desk/cases/<str:case_key>/originals/", papers.take_in),
    path("desk/cases/<str:case_key>/<slug:act>/", cases.take_act),
    path("desk/cases/<str:case_key>/materials/<str:file_key>/inline/", viewer.show_inline),
    path("desk/cases/<str:case_key>/materials/<str:file_key>/", files.show_material),
    path("desk/branches/", branches.show_branches),
    path("desk/branches/<str:branch_key>/", branches.show_branch),
    path("desk/branches/<str:branch_key>/answer/", branches.answer),
    path("desk/branches/<str:branch_key>/ask-again/", branches.ask_again),
    path("desk/branches/<str:branch_key>/close/", branches.close),
    path("desk/branches/<str:branch_key>/materials/<str:branch_material>/", branches.show_material),
    path("desk/branches/<str:branch_key>/files/<str:branch_file>/", branches.show_file),
    path("desk/visits/", visits.show_visits),
    path("desk/visits/<str:visit_key>/", visits.show_visit),
    path("desk/visits/<str:visit_key>/plan/", visits.plan),
    path("desk/visits/<str:visit_key>/record/", visits.record),
    path("desk/visits/<str:visit_key>/sign/", visits.sign),
    path("desk/visits/<str:visit_key>/skip/", visits.skip),
    path("desk/visits/<str:visit_key>/photographs/", visits.add_photograph),
    path("desk/visits/<str:visit_key>/photographs/<str:photograph>/", visits.show_photograph),
    path("desk/talks/", talks.show_talks),
    path("desk/talks/<str:case_key>/", talks.show_talk),
    path("desk/talks/<str:case_key>/say/", talks.say),
    path("desk/talks/<str:case_key>/read/", talks.read),
    path("desk/talks/<str:case_key>/files/<str:remark_key>/<str:remark_file>/", talks.show_file),
    path("desk/cards/", cards.show_cards),
    path("desk/cards/<str:card_key>/", cards.show_card),
    *(
        path(f"desk/cards/<str:card_key>/{slug}/", cards.take_act, {"slug": slug})
        for slug in cards.SLUGS
    ),
    path("desk/messages/", inbox.show_messages),
    path("desk/messages/<str:message_key>/read/", inbox.mark_read),
    path("desk/commitments/", promises.show_commitments),
    path("desk/commitments/<str:commitment_key>/", promises.show_commitment),
    *(
        path(f"desk/commitments/<str:commitment_key>/{step}/", promises.take_act, {"step": step})
        for step in _FINDINGS
    ),
    path("desk/breaches/", breaches.show_breaches),
    path("desk/breaches/<str:breach_key>/", breaches.show_breach),
    *(
        path(f"desk/breaches/<str:breach_key>/{answer}/", breaches.answer, {"answer": answer})
        for answer in ("repair", "decline")
    ),
    path("desk/shelf/", papers.show_shelf),
    path("desk/shelf/<str:shelf_key>/", papers.show_shelf_item),
    *(
        path(f"desk/shelf/<str:shelf_key>/{slug}/", papers.take_shelf_act, {"slug": slug})
        for slug in papers.SHELF_ACTS
    ),
    path("desk/originals/", papers.show_originals),
    path("desk/originals/<str:original_key>/", papers.show_original),
    *(
        path(f"desk/originals/<str:original_key>/{slug}/", papers.take_original_act, {"slug": slug})
        for slug in papers.ORIGINAL_ACTS
    ),
    path("desk/bags/", papers.show_bags),
    path("desk/bags/<str:bag_key>/", papers.show_bag),
    *(
        path(f"desk/bags/<str:bag_key>/{slug}/", papers.take_bag_act, {"slug": slug})
        for slug in papers.BAG_ACTS
    ),
    path("desk/archives/", archives.show_archives),
    path("desk/archives/hand-overs/", archive_lists.hand_overs),
    path("desk/archives/destructions/", archive_lists.destructions),
    path("desk/archives/lists/<str:batch_key>/", archive_lists.show_list),
    path("desk/archives/lists/<str:batch_key>/document/", archive_lists.show_document),
    path("desk/archives/lists/<str:batch_key>/csv/", archive_lists.export),
    *(
        path(f"desk/archives/lists/<str:batch_key>/{slug}/", archive_lists.take_act, {"slug": slug})
        for slug in archive_lists.LIST_ACTS
    ),
    path("desk/archives/<str:package_key>/", archives.show_package),
    path("desk/archives/<str:package_key>/take-out/", archives.take_out),
    *(
        path(f"desk/archives/<str:package_key>/{slug}/", archives.take_act, {"slug": slug})
        for slug in archives.PACKAGE_ACTS
    ),
    path("desk/registers/", registers.show_register),
    path("desk/registers/<str:register_kind>/", registers.show_register),
    path("desk/registers/<str:register_kind>/export/", registers.export),
    path("desk/registers/<str:register_kind>/<str:entry_key>/", registers.show_entry),
    path("desk/reviews/", reviews.show_orders),
    path("desk/reviews/<str:order_key>/", reviews.show_order),
    path("desk/reviews/<str:order_key>/contact/", reviews.contact),
    path("desk/reviews/<str:order_key>/answer/", reviews.answer),
    path("desk/reviews/<str:order_key>/close/", reviews.close),
    path("desk/reviews/<str:order_key>/set-aside/", reviews.set_aside),
    path("desk/entitlements/", grants.show_grants),
    path("desk/entitlements/months/", months.show_months),
    path("desk/entitlements/months/close/", months.close_month),
    path("desk/entitlements/months/<str:list_key>/", months.show_month),
    path("desk/entitlements/months/<str:list_key>/export/", months.export),
    path("desk/entitlements/months/<str:list_key>/import/", months.take_return),
    path("desk/entitlements/<str:grant_key>/", grants.show_grant),
    *(
        path(f"desk/entitlements/<str:grant_key>/{slug}/", grant_acts.take_act, {"slug": slug})
        for slug in _GRANT_ACTS
    ),
]
