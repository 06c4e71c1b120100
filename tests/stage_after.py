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


def addresses(by) -> tuple[str, ...]:
    """The pages, as the official sees them."""
    from yiwang.capability.registers import queries as registers
    from yiwang.capability.registers.definitions import RegisterKind

    (entry,) = registers.list_entries(by, kind=RegisterKind.REFUSAL).rows
    here = "/desk/registers/"
    return (here, f"{here}CORRECTION/", f"{here}REFUSAL/{entry.key}/")
