# file: ui/web/rendering.py
"""Templates to text; every value escaped, and a name that is missing is an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from tradingbot.core.lane import Lane
from tradingbot.core.messages.livediff import SWITCH_WORDS
from tradingbot.core.messages.smallsample import weakness
from tradingbot.ui.web import formatting as wording
from tradingbot.ui.web.equitycurve import HEIGHT, WIDTH, draw_curve

_FILTERS = (
    *(
        "count",
        "day",
        "kind_sign",
        "kind_word",
        "lane_name",
        "lapse",
        "moment",
        "money",
        "percent",
        "plain",
        "price",
        "ratio",
    ),
    *("role_word", "sign_of", "signed", "state_sign"),
)


class Renderer:
    """Render pages and the parts of them that change; `versions` are those of the static files by name."""

    def __init__(self, versions: Mapping[str, str]) -> None:
        self._versions = versions
        # It would not be HTML without it, whatever a template is called.
        self._templates = Environment(
            loader=PackageLoader("tradingbot.ui.web", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters |= {name: getattr(wording, name) for name in _FILTERS}
        self._templates.globals |= {
            "asset": self.asset,
            "drawn": draw_curve,
            "figures": wording.figures,
            "weakness": weakness,
            "switch_words": SWITCH_WORDS,
            "chart": (WIDTH, HEIGHT),
            "every_lane": tuple(Lane),
        }

    def asset(self, name: str) -> str:
        """Return the address of a static file; it changes with the file."""
        return f"/static/{name}?v={self._versions[name]}"

    def page(self, name: str, **context: Any) -> str:
        """Return a whole page."""
        return self._templates.get_template(name).render(**context)

    def fragment(self, name: str, **context: Any) -> str:
        """Return a part of a page."""
        return self._templates.get_template(name).render(**context).strip()
