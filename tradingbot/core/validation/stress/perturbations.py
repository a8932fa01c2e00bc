# file: core/validation/stress/perturbations.py
"""Parameter sensitivity: re-runs with perturbed parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from tradingbot.core.config.load import build
from tradingbot.core.config.validation import Budget, PerturbationLimits
from tradingbot.core.errors import ConfigError
from tradingbot.core.runtime.market import Plan
from tradingbot.core.runtime.strategyloader import load_strategy
from tradingbot.core.validation.record import Answer, Perturbation
from tradingbot.core.validation.verdict import StressAnswer

JOINT = "all"

type Number = int | float | Decimal


@dataclass(frozen=True, slots=True)
class PerturbedPlan:
    """A plan with `parameter` (or all jointly) times `factor`; `refused` says why it is not allowed, then no plan."""

    parameter: str
    factor: float
    value: str
    plan: Plan | None
    refused: str | None = None


def numeric(planned: Plan, names: Sequence[str] | None = None) -> dict[str, Number]:
    """Return the numeric parameters of the strategies by `strategies.N.params.name`, defaults filled in.

    Raises ConfigError when `names` has one that no strategy has as a number.
    """
    numbers: dict[str, Number] = {}
    for number, spec in enumerate(planned.config.strategies):
        params = load_strategy(spec)[1]
        for name in type(params).model_fields:
            value = getattr(params, name)
            if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
                numbers[f"strategies.{number}.params.{name}"] = value
    if names is None:
        return numbers
    allowed = {_short(path) for path in numbers}
    for name in names:
        if name not in allowed:
            raise ConfigError(f"perturb has {name!r}, allowed are {', '.join(sorted(allowed))}")
    return {path: value for path, value in numbers.items() if _short(path) in names}


def perturbed(planned: Plan, budget: Budget, names: Sequence[str] | None, seed: int) -> list[PerturbedPlan]:
    """Return every perturbation of `budget`: each parameter by each factor, then all of them jointly."""
    values = numeric(planned, names)
    paths = sorted(values)
    if len(paths) > budget.parameters:
        chosen = np.random.default_rng([seed, 11]).choice(len(paths), budget.parameters, replace=False)
        paths = [paths[number] for number in sorted(chosen)]
    plans = [_move(planned, {path: values[path]}, factor) for path in paths for factor in budget.factors]
    return plans + [_move(planned, values, factor, JOINT) for factor in budget.joint if values]


def judge(runs: Sequence[Perturbation], base: float | None, limits: PerturbationLimits) -> StressAnswer:
    """Return the answer over all perturbations that could run.

    Passes when enough of them are in profit, the median keeps its share of the Sharpe ratio `base`, and none falls
    deeper than allowed; fails when fewer than half are in profit; is unsettled in between.
    """
    ran = [item.measured for item in runs if item.measured is not None]
    if not ran or base is None:
        return StressAnswer("perturbations", "unsettled", "parameters moved: no run could be judged")
    profitable = sum(1 for item in ran if item.net_pnl > 0) / len(ran)
    median = float(np.median([item.sharpe if item.sharpe is not None else 0.0 for item in ran]))
    deepest = max(item.max_drawdown for item in ran)
    keeps = profitable >= limits.profitable and median >= limits.sharpe_kept * base and deepest <= limits.max_drawdown
    answer: Answer = "pass" if keeps else "fail" if profitable < 0.5 else "unsettled"
    sentence = (
        f"parameters moved: {profitable * 100:.0f} % of {len(ran)} runs in profit, median Sharpe {median:.2f} of"
        f" {base:.2f}, deepest drawdown {deepest * 100:.1f} %; allowed is {criterion(limits)}"
    )
    return StressAnswer("perturbations", answer, sentence)


def criterion(limits: PerturbationLimits) -> str:
    """Return what must hold, in words."""
    return (
        f"at least {limits.profitable * 100:g} % in profit, the median keeping {limits.sharpe_kept * 100:g} % of the"
        f" Sharpe ratio, no drawdown beyond {limits.max_drawdown * 100:g} %"
    )


def _move(planned: Plan, values: Mapping[str, Number], factor: float, name: str | None = None) -> PerturbedPlan:
    after = {path: _times(value, factor) for path, value in values.items()}
    parameter = name or _short(next(iter(values)))
    text = ", ".join(f"{_short(path)} {value:.6g}" for path, value in after.items())
    if all(after[path] == values[path] for path in values):
        return PerturbedPlan(parameter, factor, text, None, "the value does not move")
    specs = []
    for number, spec in enumerate(planned.config.strategies):
        prefix = f"strategies.{number}.params."
        mine = {path.removeprefix(prefix): value for path, value in after.items() if path.startswith(prefix)}
        specs.append(spec.model_copy(update={"params": spec.params | mine}))
    config = planned.config.model_copy(update={"strategies": tuple(specs)})
    try:
        for spec in specs:
            build(load_strategy(spec.model_copy(update={"params": {}}))[0].params_class, spec.params, spec.path)
    except ConfigError as error:
        return PerturbedPlan(parameter, factor, text, None, str(error))
    return PerturbedPlan(parameter, factor, text, replace(planned, config=config))


def _times(value: Number, factor: float) -> Number:
    if isinstance(value, int):
        step = 1 if (factor > 1) == (value > 0) else -1
        rounded = round(value * factor)
        return rounded if rounded != value or value == 0 else value + step
    return value * Decimal(str(factor)) if isinstance(value, Decimal) else float(f"{value * factor:.12g}")


def _short(path: str) -> str:
    return path.rsplit(".", 1)[-1]
