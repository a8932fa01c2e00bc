# file: core/config/instruments.py
"""`config/instruments/*.json`: what can be traded, a file per venue and product."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from tradingbot.core.config.load import Section, build, load
from tradingbot.core.lane import Lane


class Product(StrEnum):
    """What kind of thing a file lists. The rows of an option file are underlyings: templates of their contracts."""

    SPOT = "spot"
    PERPETUAL = "perpetual"
    FOREX = "forex"
    EQUITY = "equity"
    OPTION = "option"


_PAIRS = frozenset({Product.SPOT, Product.PERPETUAL, Product.FOREX})


class Terms(Section):
    """What a venue says about one instrument.

    Steps, minimums and the maximum are in the instrument's own units, `minimum_notional` in `currency`, fees and
    margins are fractions of notional. `source` says where the numbers come from and as of when.
    """

    product: Product
    source: str = Field(min_length=1)
    base: str | None = None
    currency: str = Field(pattern=r"^[A-Z0-9]+$")
    price_step: Decimal = Field(gt=0)
    size_step: Decimal = Field(gt=0)
    minimum_quantity: Decimal = Field(gt=0)
    minimum_notional: Decimal | None = Field(default=None, gt=0)
    maximum_quantity: Decimal | None = Field(default=None, gt=0)
    maker_fee: Decimal = Field(ge=Decimal("-0.01"), le=Decimal("0.05"))
    taker_fee: Decimal = Field(ge=0, le=Decimal("0.05"))
    margin_init: Decimal = Field(ge=0, le=1)
    margin_maint: Decimal = Field(ge=0, le=1)
    multiplier: Decimal = Field(default=Decimal(1), gt=0)
    funding_minutes: int | None = Field(default=None, gt=0, le=1440)

    @model_validator(mode="after")
    def _fits_its_product(self) -> Self:
        if (self.base is None) == (self.product in _PAIRS):
            raise ValueError(f"base was {self.base!r}; spot, perpetual and forex have one, equity and option have none")
        if (self.funding_minutes is None) == (self.product is Product.PERPETUAL):
            raise ValueError(f"funding_minutes was {self.funding_minutes}; a perpetual has it and nothing else")
        if self.minimum_quantity % self.size_step:
            raise ValueError(
                f"minimum_quantity was {self.minimum_quantity}, allowed are multiples of size_step {self.size_step}"
            )
        if self.maximum_quantity is not None and self.maximum_quantity < self.minimum_quantity:
            raise ValueError(
                f"maximum_quantity was {self.maximum_quantity}, allowed is at least minimum_quantity"
                f" {self.minimum_quantity}"
            )
        if self.margin_maint > self.margin_init:
            raise ValueError(f"margin_maint was {self.margin_maint}, allowed is at most margin_init {self.margin_init}")
        return self


class InstrumentFile(Section):
    """One file: what its instruments share, and a row of differences per instrument id."""

    product: Product
    lane: Lane
    session: Literal["continuous", "forex", "usequity"]
    source: str = Field(min_length=1)
    defaults: dict[str, Any] = Field(default_factory=dict)
    instruments: dict[str, dict[str, Any]]


def terms(path: Path) -> Iterator[tuple[InstrumentFile, str, Terms]]:
    """Yield each row of the file at `path` with its defaults filled in.

    Raises ConfigError naming file, instrument, field, value and what is allowed.
    """
    file = load(InstrumentFile, path)
    for instrument_id, row in file.instruments.items():
        values = {"product": file.product, "source": file.source} | file.defaults | row
        yield file, instrument_id, build(Terms, values, f"{path}: {instrument_id}")
