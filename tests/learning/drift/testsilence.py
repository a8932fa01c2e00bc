# file: tests/learning/drift/testsilence.py
from __future__ import annotations

from tradingbot.learning.drift.silence import Silence


def test_an_alarm_is_followed_by_silence_for_the_cooldown() -> None:
    silence = Silence(cooldown=10)
    assert silence.may_alarm(0)
    silence.alarmed(0, heals=False)
    assert [silence.may_alarm(ts) for ts in (1, 9, 10)] == [False, False, True]


def test_a_stream_that_can_heal_stays_silent_until_it_did() -> None:
    silence = Silence(cooldown=10)
    silence.alarmed(0, heals=True)
    assert not silence.may_alarm(50)
    silence.recovered()
    assert silence.may_alarm(50)


def test_healing_does_not_shorten_the_cooldown() -> None:
    silence = Silence(cooldown=10)
    silence.alarmed(0, heals=True)
    silence.recovered()
    assert not silence.may_alarm(9)
