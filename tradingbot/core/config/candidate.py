# file: core/config/candidate.py
"""A candidate: what is to be validated, and how its parameters came about."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tradingbot.core.config.load import Section
from tradingbot.core.config.recipe import ModelRecipe

__all__ = ["CandidateConfig", "Fixed", "Grid", "Recipe"]

type Value = int | float | bool | str


class Fixed(Section):
    """Nothing is trained: the parameters are those of the backtest config."""

    kind: Literal["fixed"] = "fixed"


class Grid(Section):
    """Training picks the best of every combination of `values`, by Sharpe ratio on the training days.

    Keys are paths in the backtest config, such as `strategies.0.params.entry_bars`. The candidate itself runs with what
    the whole period picks.
    """

    kind: Literal["grid"]
    values: dict[str, tuple[Value, ...]] = Field(min_length=1)


type Recipe = Annotated[Fixed | Grid | ModelRecipe, Field(discriminator="kind")]


class CandidateConfig(Section):
    """The whole file: `backtest` is the path of a backtest config, `perturb` the parameters that stress moves.

    `perturb` holds names of numeric strategy parameters; all of them when it is left out.
    """

    candidate: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=80)
    backtest: str
    recipe: Recipe = Fixed()
    perturb: tuple[str, ...] | None = None
