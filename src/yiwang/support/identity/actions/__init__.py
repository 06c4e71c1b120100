"""Signing in and out, accounts, grants, tokens; how often somebody may ask."""

from yiwang.support.identity.actions.accounts import (
    change_password,
    create_official_account,
    create_person_account,
    disable_account,
    link_person,
    set_second_factor,
)
from yiwang.support.identity.actions.clearing import clear_away
from yiwang.support.identity.actions.codes import send_code, sign_in_with_code
from yiwang.support.identity.actions.grants import (
    appoint_first_admins,
    confirm_grant,
    grant_role,
    revoke_grant,
)
from yiwang.support.identity.actions.sessions import (
    choose_organization,
    keep_alive,
    sign_out,
)
from yiwang.support.identity.actions.signing_in import confirm_second_factor, sign_in
from yiwang.support.identity.actions.throttling import within_pace
from yiwang.support.identity.actions.tokens import issue_token, revoke_token

__all__ = [
    "appoint_first_admins",
    "change_password",
    "choose_organization",
    "clear_away",
    "confirm_grant",
    "confirm_second_factor",
    "create_official_account",
    "create_person_account",
    "disable_account",
    "grant_role",
    "issue_token",
    "keep_alive",
    "link_person",
    "revoke_grant",
    "revoke_token",
    "send_code",
    "set_second_factor",
    "sign_in",
    "sign_in_with_code",
    "sign_out",
    "within_pace",
]
