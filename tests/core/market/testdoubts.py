# file: tests/core/market/testdoubts.py
from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.market.checking.order import FIRST_TIME, LAST_TIME, is_absurd
from tradingbot.core.market.doubts import Doubt, doubts, marked, suspected
from tradingbot.core.market.importers.stamps import NO_TIME

_TIMES = st.lists(st.tuples(st.integers(FIRST_TIME, LAST_TIME), st.sampled_from(list(Doubt))), min_size=1, max_size=20)


@given(_TIMES)
def test_a_doubtful_row_is_absurd_to_all_and_remembers_what_it_might_have_been(rows: list[tuple[int, Doubt]]) -> None:
    ts, doubt = np.array([ts for ts, _ in rows]), np.array([int(doubt) for _, doubt in rows])
    hidden = marked(ts, doubt)
    assert doubts(hidden).tolist() == doubt.tolist()
    assert (is_absurd(hidden)[ts < LAST_TIME] == (doubt != Doubt.NONE)[ts < LAST_TIME]).all()
    assert (np.abs(suspected(hidden) - ts) < 1_000).all()


def test_no_real_stamp_and_no_absent_one_is_a_doubt() -> None:
    odd = np.array([NO_TIME, NO_TIME + 3_600_000_000_000, -1, 0, FIRST_TIME, LAST_TIME, np.iinfo(np.int64).max])
    assert not doubts(odd).any()
