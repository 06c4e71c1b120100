"""三员分立 at the doors: each of the three enters his own pages and programs, and refuses to do the others' acts."""

from datetime import timedelta

import pytest

from yiwang.entrance.console.tests.test_local import staff
from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.kernel.refusals import NotAllowed
from yiwang.support.identity import actions, queries
from yiwang.support.identity import sample as accounts
from yiwang.support.identity.definitions.duties import CannotBeTwoAdministrators

pytestmark = pytest.mark.django_db
GANSU = "620000000000"
THREE = (Role.OPERATOR, Role.SECURITY_ADMIN, Role.AUDITOR)
OWN = {
    Role.OPERATOR: ("/console/", "/console/jobs/", "/console/journal/", "/console/calendar/"),
    Role.SECURITY_ADMIN: (
        "/console/rights/",
        "/console/rights/propose/",
        "/console/posts/",
        "/console/halls/",
    ),
    Role.AUDITOR: (),
}


@pytest.mark.parametrize("role", THREE)
def test_each_enters_his_own_pages_only(client, db, role):
    _account, who = staff("yi", (role, GANSU, None))
    accounts.sign_in_client(client, who)
    for owner, pages in OWN.items():
        for page in pages:
            assert client.get(page).status_code == (200 if owner is role else 403), page


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.AUDITOR])
def test_neither_of_the_others_gives_confirms_or_takes_a_role_or_a_post(db, role):
    at = moments.now()
    _account, who = staff("yi", (role, GANSU, None))
    actor = queries.get_actor(queries.find_account(who).key, at=at)
    other, _who = staff("er")
    given = {"division_code": GANSU, "department": None, "actor": actor, "at": at}
    until = at + timedelta(days=1)
    with pytest.raises(NotAllowed):
        actions.grant_role(account=other.key, role=Role.HANDLER, valid_until=until, **given)
    with pytest.raises(NotAllowed):
        actions.define_post(name="岗", roles=(Role.HANDLER,), **given)
    grant = actions.grant_role(
        account=other.key, role=Role.HANDLER, valid_until=until,
        **(given | {"actor": accounts.GRANTER}),
    )  # fmt: skip
    for act in (actions.confirm_grant, actions.revoke_grant):
        with pytest.raises(NotAllowed):
            act(grant=grant, actor=actor, at=at)


@pytest.mark.parametrize("held", THREE)
@pytest.mark.parametrize("wanted", THREE)
def test_by_role_or_by_post_nobody_is_two(db, held, wanted):
    at = moments.now()
    account, _who = staff("yi", (held, GANSU, None))
    post = actions.define_post(
        name="管理岗", division_code=GANSU, department=None, roles=(wanted, Role.HANDLER),
        actor=accounts.GRANTER, at=at,
    )  # fmt: skip
    until = {"valid_until": at + timedelta(days=1), "actor": accounts.GRANTER, "at": at}
    if wanted is held:
        assert actions.grant_post(account=account.key, post=post.key, **until)
        return
    with pytest.raises(CannotBeTwoAdministrators):
        actions.grant_post(account=account.key, post=post.key, **until)
    with pytest.raises(CannotBeTwoAdministrators):
        actions.grant_role(
            account=account.key, role=wanted, division_code=GANSU, department=None, **until
        )
