# From the template: an update may replace this file.
"""The house style of the figures: one theme, one palette."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plotnine import theme

# Okabe and Ito's colours for all kinds of colour vision, those that stand out on white first:
# the first four have a contrast of at least 3 to 1.
PALETTE = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]


def theme_house() -> "theme":
    """Return the theme of all figures: a plain page, quiet lines, a font that is always there.

    Returns
    -------
    plotnine.theme
        To be added to a plot.

    Examples
    --------
    >>> from plotnine import aes, geom_point, ggplot
    >>> import pandas as pd
    >>> birds = pd.DataFrame({"x": [1], "y": [2]})
    >>> plot = ggplot(birds, aes("x", "y")) + geom_point(colour=PALETTE[0]) + theme_house()
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
