# file: tests/core/messages/testaccessview.py
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.messages.accessview import Entered, IssuedToken, Kind, Role, TokenView, Visitor

roles = st.sampled_from(Role)


def test_a_role_may_do_what_it_and_lesser_ones_may() -> None:
    assert [[needed for needed in Role if role.allows(needed)] for role in Role] == [
        [Role.VIEWER],
        [Role.VIEWER, Role.OPERATOR],
        [Role.VIEWER, Role.OPERATOR, Role.ADMIN],
    ]


@given(roles, roles, roles)
def test_roles_are_in_one_order(one: Role, two: Role, three: Role) -> None:
    assert one.allows(two) or two.allows(one)
    assert not (one.allows(two) and two.allows(one)) or one is two
    assert not (one.allows(two) and two.allows(three)) or one.allows(three)


def test_no_secret_is_shown() -> None:
    visitor = Visitor("ann", Role.ADMIN, Kind.SESSION, "1", "hidden csrf")
    token = IssuedToken("hidden token", TokenView("1", "script", Role.VIEWER, "ann", 1, 0, 2))
    assert "hidden" not in repr((visitor, Entered("hidden secret", visitor, 1), token))
