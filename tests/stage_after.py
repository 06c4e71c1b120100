"""What follows decisions, for looking at pages: registers of refusals, corrections, extensions."""

from __future__ import annotations

from datetime import datetime


def refuse(applicant, answers, questions, *, by, at: datetime) -> None:
    """An application that is not accepted, with its reason: an entry once the fact is heard."""
    from yiwang.capability import journey
    from yiwang.capability.cases import queries as cases
    from yiwang.capability.journey import sample

    receipt = sample.submitted(
        sample.BUSINESS, applicant, answers, at=at, questions=questions, by_person=True
    )
    journey.after_submission(case_key=receipt.case_key, actor=sample.PUBLISHER, at=at)
    journey.refuse_acceptance(
        case_key=receipt.case_key, version=cases.get_inside(receipt.case_key).version,
        reason="经营场所在本区以外，请向经营场所所在地的登记机关申请。", actor=by, at=at,
    )  # fmt: skip


def lay_papers(applicant, case_key: str, *, by, at: datetime) -> tuple[str, ...]:
    """A result on the shelf, originals taken in, one of them in a bag: their pages."""
    from yiwang.capability import journey
    from yiwang.capability.deliveries import actions as deliveries
    from yiwang.network.directory import sample as places

    shelf = journey.put_on_shelf(case_key=case_key, place="城关区政务大厅出证窗口", actor=by, at=at)
    one, _two = journey.take_in_originals(
        case_key=case_key, pieces=[("经营场所租赁合同", 1), ("身份证复印件", 2)], actor=by, at=at
    )
    bag = deliveries.begin_bag(
        sender=by.grants[0].department, receiver=places.department_uscc(places.CHENGGUAN, 5),
        actor=by, at=at,
    )  # fmt: skip
    journey.pack(key=bag.key, version=1, original=one.key, actor=by, at=at)
    here = f"/desk/cases/{case_key}/"
    return (
        here, f"{here}originals/", "/desk/shelf/", f"/desk/shelf/{shelf.key}/",
        f"/desk/shelf/{shelf.key}/collect/", f"/desk/shelf/{shelf.key}/post/",
        "/desk/originals/", f"/desk/originals/{_two.key}/", "/desk/bags/",
        f"/desk/bags/{bag.key}/",
    )  # fmt: skip


def addresses(by) -> tuple[str, ...]:
    """The registers, as the official sees them."""
    from yiwang.capability.registers import queries as registers
    from yiwang.capability.registers.definitions import RegisterKind

    (entry,) = registers.list_entries(by, kind=RegisterKind.REFUSAL).rows
    here = "/desk/registers/"
    return (here, f"{here}CORRECTION/", f"{here}REFUSAL/{entry.key}/")


def lay_archives(by, at: datetime) -> tuple[str, ...]:
    """Finished cases archived, one on a list to hand over, one proposed for destruction."""
    from datetime import timedelta

    from yiwang.capability.archives import actions as archives
    from yiwang.capability.archives import queries
    from yiwang.capability.archives.definitions import Tab
    from yiwang.capability.journey import archiving
    from yiwang.mechanisms.jobs import actions as jobs
    from yiwang.mechanisms.journal import actions as journal

    jobs.run_waiting(at=at)
    journal.seal(at=at)
    rows = queries.list_packages(by, tab=Tab.DUE, at=at).rows
    licence, refused = (
        next(row for row in rows if _state(row) == state) for state in ("CLOSED", "REFUSED")
    )
    for row in rows:
        archiving.archive(package_key=row.key, actor=by, at=at)
    hand_over = archives.begin_hand_over(packages=[licence.key], actor=by, at=at)
    then = at + timedelta(days=12 * 366)
    destruction = archives.propose_destruction(
        packages=[refused.key], reason="保管期限届满，没有继续保存的价值。", actor=by, at=then
    )
    here = "/desk/archives/"
    return (
        here, f"{here}?tab=ARCHIVED", f"{here}?tab=EXPIRED", f"{here}{licence.key}/",
        f"{here}{licence.key}/hold/", f"{here}hand-overs/", f"{here}destructions/",
        f"{here}lists/{hand_over.key}/", f"{here}lists/{destruction.key}/",
    )  # fmt: skip


def _state(row) -> str:
    from yiwang.capability.cases import queries as cases

    return cases.get_inside(row.case_key).state
