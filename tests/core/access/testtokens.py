# file: tests/core/access/testtokens.py
from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.access.samples import NOW, SECOND, opened
from tradingbot.core.access.file import AccessFile
from tradingbot.core.access.lifetime import DAY, TOUCH
from tradingbot.core.access.secret import new_id
from tradingbot.core.access.tokens import Tokens
from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.core.messages.accessview import IssuedToken, Kind, Role, TokenView, Visitor


@pytest.fixture
def file(tmp_path: Path) -> AccessFile:
    return opened(tmp_path)


@pytest.fixture
def tokens(file: AccessFile) -> Tokens:
    return Tokens(file)


def issued(tokens: Tokens, role: Role = Role.OPERATOR, days: int = 90, now: int = NOW) -> IssuedToken:
    return tokens.add(new_id(), role, "nightly", days, "ann", now)


def test_a_token_says_whose_it_is(tokens: Tokens) -> None:
    made = issued(tokens)
    assert re.fullmatch(f"tb_{made.view.id}_[0-9a-f]{{64}}", made.secret)
    assert tokens.bearer(made.secret, NOW) == Visitor(
        f"token nightly ({made.view.id})", Role.OPERATOR, Kind.TOKEN, made.view.id
    )


def test_what_is_no_token_opens_nothing(tokens: Tokens) -> None:
    made, other = issued(tokens), issued(tokens)
    mixed = f"tb_{made.view.id}_{other.secret[-64:]}"
    strangers = [
        "",
        made.view.id,
        made.secret[:-1],
        made.secret + "\n",
        "Bearer " + made.secret,
        mixed,
        "tb__",
        "\ud800",
    ]
    assert [tokens.bearer(stranger, NOW) for stranger in strangers] == [None] * len(strangers)


@given(st.integers(1, 366), st.integers(-(2**40), 2**62))
def test_a_token_is_good_for_its_days(tmp_path_factory: pytest.TempPathFactory, days: int, later: int) -> None:
    tokens = Tokens(opened(tmp_path_factory.mktemp("access")))
    found = tokens.bearer(issued(tokens, days=days).secret, NOW + later)
    assert (found is not None) is (-60 * SECOND <= later < days * DAY)


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_days_that_are_not_allowed_make_no_token(tokens: Tokens, days: int) -> None:
    with pytest.raises(BadInput) as refused:
        issued(tokens, days=days)
    assert str(refused.value) == f"the days of a token were {days}, allowed are 1 to 366"
    assert tokens.views() == []


def test_a_name_that_is_not_allowed_makes_no_token(tokens: Tokens) -> None:
    with pytest.raises(BadInput, match=r"^the name of a token was 'a b', allowed are "):
        tokens.add(new_id(), Role.VIEWER, "a b", 90, "ann", NOW)


def test_a_revoked_token_opens_nothing_and_the_others_do(tokens: Tokens) -> None:
    one, other = issued(tokens), issued(tokens)
    tokens.revoke(one.view.id)
    assert tokens.bearer(one.secret, NOW) is None
    assert tokens.bearer(other.secret, NOW) is not None
    for token in (one.view.id, "\ud800"):
        with pytest.raises(BadInput) as refused:
            tokens.revoke(token)
        assert str(refused.value) == f"there is no token {token!r}, known: {other.view.id}"


def test_tokens_are_listed_newest_first_with_their_last_use(tokens: Tokens) -> None:
    old, new = issued(tokens, Role.VIEWER, 1), issued(tokens, Role.ADMIN, 2, NOW + 1)
    for later in (1, TOUCH):
        tokens.bearer(old.secret, NOW + later)
    assert tokens.views() == [
        TokenView(new.view.id, "nightly", Role.ADMIN, "ann", NOW + 1, 0, NOW + 1 + 2 * DAY),
        TokenView(old.view.id, "nightly", Role.VIEWER, "ann", NOW, NOW + 1, NOW + DAY),
    ]
    tokens.bearer(old.secret, NOW + 1 + TOUCH)
    assert tokens.views()[1].used == NOW + 1 + TOUCH


def test_only_the_digest_of_a_token_is_on_the_disk(file: AccessFile, tokens: Tokens) -> None:
    secret = issued(tokens).secret
    content = file.path.read_bytes()
    assert secret[-64:].encode() not in content
    assert bytes.fromhex(secret[-64:]) not in content


def test_a_damaged_file_lets_no_script_in(file: AccessFile, tokens: Tokens) -> None:
    secret = issued(tokens).secret
    file.path.write_bytes(b"not a database, " * 100)
    with pytest.raises(RunFailed):
        tokens.bearer(secret, NOW)
