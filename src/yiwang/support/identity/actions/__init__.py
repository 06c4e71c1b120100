"""Signing in and out, accounts, passkeys, recovery, grants, tokens; how often somebody may ask."""

from yiwang.support.identity.actions.accounts import (
    change_password,
    create_official_account,
    create_person_account,
    disable_account,
    link_person,
    set_second_factor,
)
from yiwang.support.identity.actions.arriving import arrive, depart
from yiwang.support.identity.actions.authenticators import enrol_totp, offer_totp, read_offer
from yiwang.support.identity.actions.clearing import clear_away
from yiwang.support.identity.actions.codes import send_code, sign_in_with_code
from yiwang.support.identity.actions.emailing import ask_email, confirm_email, remove_email
from yiwang.support.identity.actions.grants import (
    appoint_first_admins,
    confirm_grant,
    grant_post,
    grant_role,
    revoke_grant,
)
from yiwang.support.identity.actions.halls import end_hall_network, register_hall_network
from yiwang.support.identity.actions.passkeys import (
    add_passkey,
    begin_passkey,
    remove_passkey,
    rename_passkey,
)
from yiwang.support.identity.actions.posts import define_post, end_post
from yiwang.support.identity.actions.recovering import (
    ask_recovery,
    confirm_recovery,
    drop_recovery,
    recover,
)
from yiwang.support.identity.actions.sessions import (
    choose_mandate,
    choose_organization,
    choose_stand_in,
    end_other_sessions,
    end_session,
    keep_alive,
    sign_out,
)
from yiwang.support.identity.actions.signing_in import (
    begin_passkey_sign_in,
    begin_second_factor,
    confirm_second_factor,
    confirm_with_passkey,
    sign_in,
    sign_in_with_passkey,
)
from yiwang.support.identity.actions.spare_codes import make_spare_codes
from yiwang.support.identity.actions.staffing import (
    insist_may_let_go,
    let_go,
    open_staff_account,
)
from yiwang.support.identity.actions.standing_in import (
    ask_stand_in,
    confirm_stand_in,
    end_stand_in,
)
from yiwang.support.identity.actions.stepping_up import (
    begin_step_up,
    send_step_up_code,
    step_up_with_code,
    step_up_with_face,
    step_up_with_passkey,
    step_up_with_password,
    step_up_with_totp,
)
from yiwang.support.identity.actions.throttling import within_pace
from yiwang.support.identity.actions.tokens import issue_token, revoke_token
from yiwang.support.identity.actions.vouched import ask_host, still_vouched
from yiwang.support.identity.actions.vouching import (
    answer_standing,
    hand_over,
    offer_identity,
    redeem,
    withdraw_consent,
)

__all__ = [
    "add_passkey",
    "answer_standing",
    "appoint_first_admins",
    "arrive",
    "ask_email",
    "ask_host",
    "ask_recovery",
    "ask_stand_in",
    "begin_passkey",
    "begin_passkey_sign_in",
    "begin_second_factor",
    "begin_step_up",
    "change_password",
    "choose_mandate",
    "choose_organization",
    "choose_stand_in",
    "clear_away",
    "confirm_email",
    "confirm_grant",
    "confirm_recovery",
    "confirm_second_factor",
    "confirm_stand_in",
    "confirm_with_passkey",
    "create_official_account",
    "create_person_account",
    "define_post",
    "depart",
    "disable_account",
    "drop_recovery",
    "end_hall_network",
    "end_other_sessions",
    "end_post",
    "end_session",
    "end_stand_in",
    "enrol_totp",
    "grant_post",
    "grant_role",
    "hand_over",
    "insist_may_let_go",
    "issue_token",
    "keep_alive",
    "let_go",
    "link_person",
    "make_spare_codes",
    "offer_identity",
    "offer_totp",
    "open_staff_account",
    "read_offer",
    "recover",
    "redeem",
    "register_hall_network",
    "remove_email",
    "remove_passkey",
    "rename_passkey",
    "revoke_grant",
    "revoke_token",
    "send_code",
    "send_step_up_code",
    "set_second_factor",
    "sign_in",
    "sign_in_with_code",
    "sign_in_with_passkey",
    "sign_out",
    "step_up_with_code",
    "step_up_with_face",
    "step_up_with_passkey",
    "step_up_with_password",
    "step_up_with_totp",
    "still_vouched",
    "withdraw_consent",
    "within_pace",
]
