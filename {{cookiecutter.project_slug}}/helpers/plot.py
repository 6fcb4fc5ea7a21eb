# From the template: an update may replace this file.
"""The house style of the figures: one theme, one palette, axes that people can read."""

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from plotnine import (
        scale_x_continuous,
        scale_x_discrete,
        scale_y_continuous,
        scale_y_discrete,
        theme,
    )

# Okabe and Ito's colours for all kinds of colour vision, those that stand out on white first:
# the first four have a contrast of at least 3 to 1.
PALETTE = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]
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
