# The R side of helpers.py, in the folder of its data: it is asked for one task a line and answers
# "cpu PROCESSOR-SECONDS WALL-SECONDS" or "error WHY".
#
# It needs R with upstartr, which is no part of this repository. In R, once:
#   install.packages("remotes")
#   remotes::install_github("globeandmail/upstartr")
# That brings the packages upstartr calls, textclean (trinker/textclean) among them. On Debian most
# of them need no compiling if they are installed before:
#   apt install r-base r-cran-remotes r-cran-dplyr r-cran-stringr r-cran-readr r-cran-readxl \
#       r-cran-openxlsx r-cran-ggplot2 r-cran-rmarkdown r-cran-here r-cran-data.table r-cran-tidytext
# From clones instead: R CMD INSTALL -l LIBRARY textclean upstartr. R looks into a library of your
# own if the environment says R_LIBS=LIBRARY.

tasks <- list(
  "ready" = quote({
    # upstartr folds accents by the locale.
    Sys.setlocale("LC_CTYPE", "C.UTF-8")
    suppressMessages(library(upstartr))
    text <- readr::read_csv("text.csv", col_types = "ccc", trim_ws = FALSE)
    table <- as.data.frame(readr::read_csv("table.csv", show_col_types = FALSE))
  }),
  "simplify_string people" = quote(simplify_string(text$people)),
  "simplify_string cities" = quote(simplify_string(text$cities)),
  "unaccent people" = quote(unaccent(text$people)),
  "unaccent cities" = quote(unaccent(text$cities)),
  "to_boolean answers" = quote(convert_str_to_logical(text$answers)),
  "combine_csvs files" = quote(combine_csvs("files", show_col_types = FALSE)),
  "write_excel table" = quote(write_excel(table, output_dir = getwd())),
  "read_any table.xlsx" = quote(read_all_excel_sheets("table.xlsx"))
)

answer <- function(...) {
  cat(..., "\n")
  flush(stdout())
}

asked <- file("stdin", "r")
while (length(task <- readLines(asked, 1)) > 0) {
  tryCatch({
    stopifnot(task %in% names(tasks))
    gc()
    before <- proc.time()
    eval(tasks[[task]])
    # User and system seconds, of R and of its children.
    spent <- proc.time() - before
    answer("cpu", sum(spent[c(1, 2, 4, 5)]), spent[3])
  }, error = function(why) answer("error", gsub("\n", " ", conditionMessage(why))))
}
