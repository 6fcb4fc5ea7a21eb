# From the template: an update may replace this file.
"""The house style of the figures: one theme, one palette, axes that people can read."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from plotnine import (
        scale_colour_manual,
        scale_fill_manual,
        scale_x_continuous,
        scale_x_discrete,
        scale_y_continuous,
        scale_y_discrete,
        theme,
    )

# Okabe and Ito's colours for all kinds of colour vision, those that stand out on white first:
# the first four have a contrast of at least 3 to 1.
PALETTE = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]
# For the one thing that a figure is about, and for all others beside it.
ACCENT, QUIET = PALETTE[1], "#767676"
# Parts a label from its group. No keyboard has it, so no label holds it.
UNIT_SEPARATOR = "\x1f"


def theme_house() -> "theme":
    """Return the theme of all figures: a plain page, quiet lines, a font that is always there.

    Returns
    -------
    plotnine.theme
        To be added to a plot.

    Examples
    --------
    >>> from plotnine import aes, geom_point, ggplot
    >>> birds = pd.DataFrame({"mass_g": [3750, 5050], "flipper_mm": [186, 217]})
    >>> points = ggplot(birds, aes("mass_g", "flipper_mm")) + geom_point(colour=PALETTE[0])
    >>> plot = points + theme_house()
    """
    from plotnine import (
        element_blank,
        element_line,
        element_rect,
        element_text,
        theme,
        theme_minimal,
    )

    # matplotlib carries DejaVu Sans: the same letters, hence the same bytes, on every machine.
    return theme_minimal(base_size=13, base_family="DejaVu Sans") + theme(
        figure_size=(8, 5),
        plot_background=element_rect(fill="white", colour="white"),
        plot_title=element_text(weight="bold", ha="left"),
        plot_title_position="plot",
        panel_grid_minor=element_blank(),
        panel_grid_major=element_line(colour="#E3E3E3", size=0.5),
        axis_title=element_text(colour="#444444"),
        strip_text=element_text(weight="bold", ha="left"),
        legend_position="top",
        legend_justification="left",
        legend_title=element_blank(),
    )


def scale_colour_accent(*names: object, **scale: object) -> "scale_colour_manual":
    """Return a scale that draws what is named in the accent colour, and all else in grey.

    There is no legend: the title says what is coloured, or `label_ends` does.

    Parameters
    ----------
    *names
        Values of the column that `colour` stands for.
    **scale
        What `plotnine.scale_colour_manual` takes.

    Returns
    -------
    plotnine.scale_colour_manual
        To be added to a plot.

    Examples
    --------
    >>> scale_colour_accent("Gentoo").map(["Adelie", "Gentoo"], ["Adelie", "Gentoo"])
    ['#767676', '#D55E00']
    """
    from plotnine import scale_colour_manual

    return _accented(scale_colour_manual, names, scale)


def scale_fill_accent(*names: object, **scale: object) -> "scale_fill_manual":
    """Return a scale that fills what is named with the accent colour, and all else with grey.

    Parameters
    ----------
    *names
        Values of the column that `fill` stands for.
    **scale
        What `plotnine.scale_fill_manual` takes.

    Returns
    -------
    plotnine.scale_fill_manual
        To be added to a plot.

    Examples
    --------
    >>> from plotnine import aes, geom_col, ggplot
    >>> birds = pd.DataFrame({"species": ["Adelie", "Gentoo"], "mass_g": [3700, 5076]})
    >>> bars = ggplot(birds, aes("species", "mass_g", fill="species")) + geom_col()
    >>> plot = bars + scale_fill_accent("Gentoo") + theme_house()
    """
    from plotnine import scale_fill_manual

    return _accented(scale_fill_manual, names, scale)


def label_ends(lines: pd.DataFrame, x: str, y: str, by: str, *, room: float = 0.2) -> list:
    """Return what writes the name of each line at its end, in its colour, and drops the legend.

    Where lines end close to each other, their names are moved apart.

    Parameters
    ----------
    lines : pandas.DataFrame, one row per point
        What the lines are drawn from.
    x, y : str
        Its columns on the axes: numbers or dates on x, numbers on y.
    by : str
        The column that `colour` stands for: one line, and one name, per value.
    room : float
        How much of the width of all lines is added for the names.

    Returns
    -------
    list of layers
        To be added to a plot without panels.

    Raises
    ------
    TypeError
        If `y` does not hold numbers, or `x` neither numbers nor dates.

    Examples
    --------
    >>> from plotnine import aes, geom_line, ggplot
    >>> sold = pd.DataFrame(
    ...     {"year": [2015, 2016] * 2, "cars": [20, 25, 9, 4], "shop": ["N"] * 2 + ["S"] * 2}
    ... )
    >>> lines = ggplot(sold, aes("year", "cars", colour="shop")) + geom_line()
    >>> plot = lines + label_ends(sold, "year", "cars", by="shop") + theme_house()
    """
    from plotnine import aes, expand_limits, geom_text, guides

    is_number = pd.api.types.is_numeric_dtype
    for axis, column, kinds in (("x", x, "numbers or dates"), ("y", y, "numbers")):
        dtype = lines[column].dtype
        is_date = axis == "x" and pd.api.types.is_datetime64_any_dtype(dtype)
        if not (is_number(dtype) or is_date):
            raise TypeError(
                f"`{axis}` must be a column of {kinds}, but `{column}` is {dtype}. Labels at the "
                "end are for lines; for bars, use plotnine's geom_text."
            )
    there = lines[[x, y, by]].dropna()
    if there.empty:
        return []
    width, height = (there[axis].max() - there[axis].min() for axis in (x, y))
    ends = (
        there.sort_values(x, kind="stable")
        .drop_duplicates(by, keep="last")
        .sort_values([y, by], kind="stable", ignore_index=True)
        .assign(**{y: lambda t: _apart(t[y].astype("float64").tolist(), float(height) / 15)})
        .assign(**{x: pd.col(x) + width * 0.02})
    )
    names = geom_text(aes(x, y, label=by, colour=by), ends, ha="left", size=10, show_legend=False)
    return [names, expand_limits(x=[there[x].max() + width * room]), guides(colour="none")]


def scale_x_percent(**scale: object) -> "scale_x_continuous":
    """Return a scale that shows shares on the x axis as percentages: 0.25 as 25%.

    Parameters
    ----------
    **scale
        What `plotnine.scale_x_continuous` takes. Your own `labels` win.

    Returns
    -------
    plotnine.scale_x_continuous
        To be added to a plot.

    Examples
    --------
    >>> scale_x_percent().labels([0, 0.125, 0.25])
    ['0.0%', '12.5%', '25.0%']
    >>> scale_x_percent(limits=(0, 1)).limits
    (0, 1)
    """
    from plotnine import scale_x_continuous

    return scale_x_continuous(**{"labels": label_percent} | scale)


def scale_y_percent(**scale: object) -> "scale_y_continuous":
    """Return a scale that shows shares on the y axis as percentages: 0.25 as 25%.

    Parameters
    ----------
    **scale
        What `plotnine.scale_y_continuous` takes. Your own `labels` win.

    Returns
    -------
    plotnine.scale_y_continuous
        To be added to a plot.

    Examples
    --------
    >>> scale_y_percent().labels([0, 0.5, 1])
    ['0%', '50%', '100%']
    """
    from plotnine import scale_y_continuous

    return scale_y_continuous(**{"labels": label_percent} | scale)


def label_percent(shares: Iterable[float]) -> list[str]:
    """Return shares as percentages, all with as many decimals as one of them needs.

    Parameters
    ----------
    shares : iterable of float, length n
        Where 1 is the whole.

    Returns
    -------
    list of str, length n

    Examples
    --------
    >>> label_percent([-0.5, 0, 12])
    ['-50%', '0%', '1,200%']
    """
    percentages = [share * 100 for share in shares]
    places = max(map(_decimals, percentages), default=0)
    return [f"{percentage:z,.{places}f}%" for percentage in percentages]


def label_in_full(numbers: Iterable[float]) -> list[str]:
    """Return numbers in full, each with the decimals it needs: for a logarithmic axis.

    There, plotnine would write 1e6. On any other axis it writes numbers in full
    by itself, and this adds the commas.

    Parameters
    ----------
    numbers : iterable of float, length n

    Returns
    -------
    list of str, length n

    Examples
    --------
    >>> label_in_full([0.01, 1, 100, 2_000_000])
    ['0.01', '1', '100', '2,000,000']

    >>> from plotnine import scale_y_log10
    >>> scale = scale_y_log10(labels=label_in_full)
    """
    return [f"{number:z,.{_decimals(number)}f}" for number in numbers]


def reorder_within(
    values: pd.Series,
    by: pd.Series,
    within: pd.Series,
    *,
    function: str | Callable[[pd.Series], float] = "mean",
) -> pd.Series:
    """Return values ordered by a number within each group, to be drawn one panel per group.

    A bar chart of the most frequent words per topic has another order in each
    panel; an axis has one. So each value bears its group in its name, which
    `scale_x_reordered` or `scale_y_reordered` takes off again where it is shown.

    Parameters
    ----------
    values : pandas.Series, length n
        What stands on the axis.
    by : pandas.Series of numbers or dates, length n
        What orders it, least first. Where it is missing, the value comes last;
        where it is equal, the alphabet decides.
    within : pandas.Series, length n
        The groups: the column of the panels.
    function : str or callable
        What to do with several rows of a value and group, as in
        `pandas.Series.agg`.

    Returns
    -------
    pandas.Series of ordered category, length n
        Same index and name. Missing where the value or its group is missing.

    Raises
    ------
    TypeError
        If `by` is text.
    ValueError
        If the three are not equally long.

    Examples
    --------
    >>> from plotnine import aes, facet_wrap, geom_col, ggplot
    >>> words = pd.DataFrame(
    ...     {
    ...         "topic": ["ice", "ice", "sea", "sea"],
    ...         "word": ["cold", "white", "cold", "deep"],
    ...         "count": [5, 7, 9, 2],
    ...     }
    ... )
    >>> plot = (
    ...     ggplot(words, aes("reorder_within(word, count, topic)", "count"))
    ...     + geom_col()
    ...     + facet_wrap("topic", scales="free_x")
    ...     + scale_x_reordered()
    ... )
    >>> order = reorder_within(words["word"], words["count"], words["topic"]).cat.categories
    >>> scale_x_reordered().labels(order)
    ['deep', 'cold', 'white', 'cold']
    """
    values = pd.Series(values)
    lengths = [len(values), len(by), len(within)]
    if len(set(lengths)) > 1:
        raise ValueError(
            "`values`, `by` and `within` must be equally long, but have "
            f"{lengths[0]:,}, {lengths[1]:,} and {lengths[2]:,} rows."
        )
    by = pd.Series(by)
    if pd.api.types.is_string_dtype(by.dtype) and by.notna().any():
        raise TypeError(f"`by` must be numbers or dates, but is {by.dtype}: parse_number() first.")
    groups = pd.Series(within).set_axis(values.index).astype("str")
    names = values.astype("str") + UNIT_SEPARATOR + groups.str.replace(UNIT_SEPARATOR, " ")
    order = (
        by.set_axis(values.index)
        .groupby(names)
        .agg(function)
        .sort_index()
        .sort_values(kind="stable")
    )
    return names.astype(pd.CategoricalDtype(order.index, ordered=True)).rename(values.name)


def scale_x_reordered(**scale: object) -> "scale_x_discrete":
    """Return a scale for an x axis of `reorder_within`: values without their group.

    Parameters
    ----------
    **scale
        What `plotnine.scale_x_discrete` takes.

    Returns
    -------
    plotnine.scale_x_discrete
        To be added to a plot whose panels have `scales="free_x"`.

    Examples
    --------
    >>> scale_x_reordered().labels(["cold\\x1fice", "deep\\x1fsea"])
    ['cold', 'deep']
    """
    from plotnine import scale_x_discrete

    return scale_x_discrete(**{"labels": _without_group} | scale)


def scale_y_reordered(**scale: object) -> "scale_y_discrete":
    """Return a scale for a y axis of `reorder_within`: values without their group.

    Parameters
    ----------
    **scale
        What `plotnine.scale_y_discrete` takes.

    Returns
    -------
    plotnine.scale_y_discrete
        To be added to a plot whose panels have `scales="free_y"`.

    Examples
    --------
    >>> scale_y_reordered().labels(["cold\\x1fice", "deep\\x1fsea"])
    ['cold', 'deep']
    """
    from plotnine import scale_y_discrete

    return scale_y_discrete(**{"labels": _without_group} | scale)


def _accented(kind: type, names: Iterable[object], options: dict) -> object:
    """Return a scale of a kind whose palette has two colours, for however many values."""
    scale = kind(**{"values": [QUIET], "na_value": QUIET, "guide": None} | options)
    # A list would run out, and plotnine would warn.
    scale.palette = lambda _: defaultdict(lambda: QUIET, dict.fromkeys(names, ACCENT))
    return scale


def _apart(places: list[float], gap: float) -> list[float]:
    """Return places, which rise, moved up and down until each is a gap from the next."""
    blocks: list[tuple[float, int]] = []
    for place in places:
        middle, count = place, 1
        while blocks and middle - blocks[-1][0] < gap * (count + blocks[-1][1]) / 2:
            before, others = blocks.pop()
            middle = (middle * count + before * others) / (count + others)
            count += others
        blocks.append((middle, count))
    return [
        middle + gap * (place - (count - 1) / 2)
        for middle, count in blocks
        for place in range(count)
    ]


def _without_group(names: Iterable[str | None]) -> list[str | None]:
    return [name if pd.isna(name) else _cut(name) for name in names]


def _cut(name: str) -> str:
    label, separator, _ = name.rpartition(UNIT_SEPARATOR)
    return label if separator else name


def _decimals(number: float) -> int:
    """Return how many decimals a number needs: one, if it is 0.1 + 0.2; none, if it is none."""
    if not number or not math.isfinite(number):
        return 0
    size = math.floor(math.log10(abs(number)))
    fits = (abs(number - round(number, places)) <= abs(number) / 1e12 for places in range(20))
    places = next((places for places, fit in enumerate(fits) if fit), 20)
    # A third has no end: three digits say enough.
    return places if size + places < 11 else max(2 - size, 0)
