"""Read the plan's packaged rows."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent / "data" / "plan-2017-2019.toml"


@cache
def reference() -> dict[str, Any]:
    """The rows of the plan 2017-2019, by table: plan, targets, strategy, media, channels, objectives, budget,
    results. Keys inside a row are columns, unless the loader says otherwise."""
    with DATA.open("rb") as file:
        return tomllib.load(file)
