# file: core/config/risk.py
"""`config/risk.json`: loss per trade, limits, and kill triggers of a lane."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Literal, Self

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from tradingbot.core.config.load import Section, ZoneName
from tradingbot.core.lane import Lane


class SmallAccount(Section):
    """Below `below` of equity every trade is `amount`, whatever the signal: of `notional`, or of `risk` at the stop."""

    below: Decimal = Field(default=Decimal(1000), ge=0)
    amount: Decimal = Field(default=Decimal(10), gt=0)
    meaning: Literal["notional", "risk"] = "notional"


class Tier(Section):
    """From `equity` on, `fraction` of it is lost when the stop is hit."""

    equity: Decimal = Field(ge=0)
    fraction: Decimal = Field(ge=Decimal("0.005"), le=Decimal("0.02"))


class Weights(Section):
    """What a signal's strength multiplies the risk by."""

    weak: Decimal = Field(default=Decimal("0.5"), gt=0)
    normal: Decimal = Field(default=Decimal("1.0"), gt=0)
    strong: Decimal = Field(default=Decimal("1.5"), gt=0, le=Decimal("1.5"))

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        if not self.weak <= self.normal <= self.strong:
            raise ValueError(f"allowed is weak <= normal <= strong, was {self.weak}, {self.normal}, {self.strong}")
        return self


class Drawdown(Section):
    """For each full `step` that equity lies below its peak, `penalty` comes off the risk fraction, down to `floor`."""

    step: Decimal = Field(default=Decimal("0.05"), gt=0, lt=1)
    penalty: Decimal = Field(default=Decimal("0.0025"), ge=0)
    floor: Decimal = Field(default=Decimal("0.0025"), ge=Decimal("0.0025"), le=Decimal("0.005"))


class Sizing(Section):
    """How large a trade is. `tiers` ascend by equity; the last one reached counts."""

    small_account: SmallAccount = SmallAccount()
    tiers: tuple[Tier, ...] = Field(min_length=1)
    weights: Weights = Weights()
    drawdown: Drawdown = Drawdown()

    @model_validator(mode="after")
    def _covered(self) -> Self:
        if self.tiers[0].equity > self.small_account.below:
            raise ValueError(
                f"the first tier starts at {self.tiers[0].equity}, allowed is at most small_account.below,"
                f" {self.small_account.below}: equity between them would have no size"
            )
        for before, after in pairwise(self.tiers):
            if after.equity <= before.equity:
                raise ValueError(f"tiers must ascend by equity, {after.equity} follows {before.equity}")
        return self


class DailyLoss(Section):
    """No entry once the day's closed trades lost `limit` of the equity before them; days turn at `hour` in `zone`."""

    limit: Decimal = Field(gt=0, le=1)
    zone: ZoneName = "UTC"
    hour: int = Field(default=0, ge=0, le=23)


class Correlation(Section):
    """Instruments whose last `window` returns correlate by `limit` or more, of either sign, hold `max_exposure` in all.

    `max_exposure` is a multiple of equity. With fewer than `minimum` common returns two count as correlated.
    """

    limit: Decimal = Field(default=Decimal("0.7"), gt=0, lt=1)
    max_exposure: Decimal = Field(gt=0)
    window: PositiveInt = Field(default=200, ge=20)
    minimum: PositiveInt = Field(default=60, ge=10)

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.minimum > self.window:
            raise ValueError(f"minimum was {self.minimum}, allowed is at most the window, {self.window}")
        return self


class Kill(Section):
    """When a lane stops itself, and how it leaves profitable positions.

    `consecutive_losses` trades in a row, `daily_loss` of the day's first equity, or `drawdown` from the peak kill the
    lane; null switches a trigger off. A profitable position is offered at a limit `exit_steps` times, each for
    `step_timeout_s` seconds and nearer to the market, then sold at the market.
    """

    consecutive_losses: PositiveInt | None = 6
    daily_loss: Decimal | None = Field(default=None, gt=0, le=1)
    drawdown: Decimal | None = Field(default=None, gt=0, le=1)
    step_timeout_s: PositiveInt = 60
    exit_steps: NonNegativeInt = 2


class LaneRisk(Section):
    """One lane's policy. Caps are multiples of equity: of notional where margined, of the worst loss for options.

    `risk_fraction`, where given, takes the place of the tiers. `max_stop_distance` is a share of the price.
    `max_position_leverage` caps one position, `max_asset_exposure` all positions of one asset, `max_lane_exposure` all
    of the lane, `max_reserved` the worst losses of all option structures. `entry_deadline_s` is how long an approval
    lives; `max_spread` a share of the price (options: of the worst loss); `max_data_age_bars` how old prices may be.
    `over_cap` says whether a size above a cap is cut to it or refused.
    """

    sizing: Sizing
    risk_fraction: Decimal | None = Field(default=None, ge=Decimal("0.0025"), le=Decimal("0.02"))
    max_stop_distance: Decimal = Field(gt=0, le=Decimal("0.15"))
    max_position_leverage: Decimal = Field(gt=0, le=50)
    max_asset_exposure: Decimal = Field(gt=0, le=50)
    max_lane_exposure: Decimal = Field(gt=0, le=50)
    max_reserved: Decimal = Field(default=Decimal("0.5"), gt=0, le=1)
    max_open_positions: PositiveInt
    over_cap: Literal["cut", "refuse"] = "cut"
    daily_loss: DailyLoss
    correlation: Correlation
    entry_deadline_s: PositiveInt
    max_spread: Decimal = Field(gt=0, le=1)
    max_data_age_bars: PositiveInt = 2
    kill: Kill = Kill()


class RiskConfig(Section):
    """The whole file: a section per lane."""

    lanes: dict[Lane, LaneRisk]
