# From the template: an update may replace this file.
"""The section `settings` of config.yaml: the project's clock, how numbers are shown, the bell."""

import os
import sys
import time
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

ROOT = Path(__file__).resolve().parents[1]
# What holds where config.yaml says nothing: an older project has no such section.
DEFAULTS = {"time_zone": "UTC", "scientific_notation": False, "bell": True}
AXES_IN_FULL = Path(__file__).with_name("in_full.mplstyle")


def settings_of(config: dict) -> dict:
    """Return the settings of a config, with the defaults for what it leaves out."""
    given = config.get("settings")
    return DEFAULTS | (given if isinstance(given, dict) else {})


def read_settings() -> dict:
    """Return the settings that config.yaml gives; without one, the defaults hold."""
    import yaml

    config = ROOT / "config.yaml"
    given = yaml.safe_load(config.read_text(encoding="utf-8")) if config.exists() else None
    return settings_of(given if isinstance(given, dict) else {})


def apply() -> None:
    """Give this process the project's clock, and let it show numbers as the project wants."""
    chosen = read_settings()
    # Windows' own clock does not know names like Europe/London and would stop at them.
    if os.name != "nt":
        os.environ["TZ"] = time_zone(chosen["time_zone"]).key
        time.tzset()
    if not chosen["scientific_notation"]:
        show_in_full()


def now() -> datetime:
    """Return the time of day in the project's time zone."""
    return datetime.now(time_zone(read_settings()["time_zone"]))


def time_zone(name: str) -> ZoneInfo:
    """Return the time zone of this name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        raise ValueError(f"`settings.time_zone` in config.yaml {zone_fault(name)}") from None


def zone_fault(name: object) -> str | None:
    """Return what is wrong with the name of a time zone, if anything.

    Examples
    --------
    >>> zone_fault("Europe/London")
    >>> zone_fault("london")
    "must be UTC or a place such as Europe/London, but is 'london'. Did you mean 'Europe/London'?"
    """
    # localtime is what the machine at hand makes of it.
    known = available_timezones() - {"localtime"}
    if str(name) in known:
        return None
    # CEST is not EST, and Etc/GMT+2 is two hours behind: only a place is proposed, or UTC.
    zones = ["UTC", *sorted(zone for zone in known if "/" in zone and zone[:4] != "Etc/")]
    words = {word.casefold(): zone for zone in zones for word in (zone.rpartition("/")[2], zone)}
    near = get_close_matches(str(name).strip().casefold().replace(" ", "_"), words, 1, 0.8)
    meant = f" Did you mean {words[near[0]]!r}?" if near else ""
    return f"must be UTC or a place such as Europe/London, but is {name!r}.{meant}"


def show_in_full() -> None:
    """Let pandas, NumPy and Matplotlib show numbers without an exponent."""
    import numpy as np
    import pandas as pd

    pd.set_option("display.float_format", in_full)
    np.set_printoptions(formatter={"float_kind": in_full})
    # Matplotlib takes long to import and few stages use it: it reads this when it is imported.
    os.environ["MATPLOTLIBRC"] = str(AXES_IN_FULL)
    if "matplotlib" in sys.modules:
        import matplotlib as mpl

        mpl.rc_file(AXES_IN_FULL, use_default_template=False)


def in_full(number: float) -> str:
    """Return a number without an exponent: six decimals, or six digits if it is less than 1.

    Examples
    --------
    >>> [in_full(number) for number in (12345678.9, 0.00001234, 1e16, 0.1 + 0.2, 2.0)]
    ['12345678.9', '0.00001234', '10000000000000000.0', '0.3', '2.0']
    """
    import numpy as np

    if np.iscomplexobj(number):
        return str(number)
    small = bool(abs(number) < 1)
    return np.format_float_positional(number, precision=6, fractional=not small, trim="0")
