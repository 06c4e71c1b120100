"""Who may do what, for looking at pages: posts, a stand-in, a county's own pages, a paper written down."""

from __future__ import annotations

from datetime import datetime, timedelta

AWAY = "qingjia"


def local_pages(keeper: str, department: str, at: datetime) -> tuple[str, ...]:
    """What a county's administrator sees: a post with a holder and one who waits, a stand-in, a leaver."""
    from yiwang.kernel.actor import Role
    from yiwang.network.directory import sample as places
    from yiwang.support.identity import actions as identity
    from yiwang.support.identity import queries, sample
    from yiwang.support.identity.definitions import AccountKind

    away = sample.open_official_account(AWAY, at=at, name="周雅琴", department=department)
    other = sample.open_official_account("jieban", at=at, name="何小红", department=department)
    grant = sample.appoint(
        away.key, "登记注册岗", (Role.HANDLER, Role.APPROVER), places.CHENGGUAN, department, at=at
    )
    post = queries.get_grant(grant).grant.post
    identity.grant_post(
        account=other.key, post=post, valid_until=at + timedelta(days=90), actor=sample.GRANTER,
        at=at,
    )  # fmt: skip
    identity.ask_stand_in(
        principal=away.key, taker=other.key, reason="休年假", valid_from=at, post=post,
        valid_until=at + timedelta(days=10), actor=queries.get_actor(away.key, at=at), at=at,
    )  # fmt: skip
    account = queries.get_account_by_user_name(keeper, AccountKind.OFFICIAL)
    if not queries.list_posts(queries.get_actor(account.key, at=at), at=at):
        raise LookupError(keeper)
    here, posts = "/console/local/", "/console/posts/"
    staff = f"{here}staff/{away.key}/"
    return (
        here, f"{here}new/", f"{here}place/", f"{here}items/", staff, f"{staff}leave/", posts,
        f"{posts}{post}/", f"{posts}{post}/end/",
    )  # fmt: skip


def paper_pages(giver, taker, *, by, at: datetime) -> tuple[str, ...]:
    """A clerk's: the list of papers, the form, one that waits for the second clerk."""
    from yiwang.kernel.actor import PowerAct
    from yiwang.mechanisms.files import actions as files
    from yiwang.mechanisms.files import sample as contents
    from yiwang.mechanisms.files.definitions import Kind
    from yiwang.support.mandates import actions as mandates
    from yiwang.support.mandates.definitions import MandateKind

    scan = files.store(data=contents.content(Kind.PNG), filename="委托书.png", actor=by, at=at)
    view = mandates.record_paper(
        kind=MandateKind.FAMILY, giver=giver, taker=taker, items=None, acts=tuple(PowerAct),
        valid_until=at + timedelta(days=180), proof="电话核实，身份证复印件与登记一致",
        proof_file=scan.key, taker_signed=True, actor=by, at=at,
    )  # fmt: skip
    here = "/desk/mandates/"
    return here, f"{here}?list=ALL", f"{here}new/", f"{here}{view.key}/"
