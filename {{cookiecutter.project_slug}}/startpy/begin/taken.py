# From the template: an update may replace this file.
"""The names that no table can have, beside the words of Python: tests/test_begin_files.py of the
template finds them in the drafts and in Snakemake."""

# What a drafted stage imports, or calls its variables; what the inputs of a rule can do by
# themselves, such as items and count; and files that Windows does not make, such as con.
NOT_TABLES = {
    "aes", "all", "analyse", "answer", "append", "appendices", "apply_corrections",
    "arguments", "assumptions", "aux", "begin", "bins", "changes", "check", "check_columns",
    "check_contract", "clean", "clear", "code", "codebook", "column", "columns", "command",
    "con", "config", "configfile", "contract", "contracts", "coord_flip", "corrected",
    "corrections", "count", "count_bins", "count_dates", "count_values", "counts", "data",
    "data_log", "described", "done", "draw_categories", "draw_dates", "draw_numbers",
    "duplicates", "duplicates_report", "edges", "endswith", "existing", "expand", "extend",
    "facet_wrap", "facts", "few", "figure", "figures", "file", "folder", "geom_col", "get",
    "ggplot", "helpers", "index", "ingest", "ingest_file", "ingested", "input", "insert",
    "items", "kept", "keys", "kind", "labs", "ledger", "list_duplicates", "log", "made",
    "main", "make", "make_codebook", "mended", "middles", "name", "not_shown", "np", "nul",
    "numpy", "options", "out", "output", "overview", "page", "pandas", "pandera", "params",
    "parse_date", "parse_number", "path", "pathlib", "pd", "periods", "pipeline", "plot",
    "plot_categories", "plot_dates", "plot_numbers", "plotnine", "pop", "prn", "project",
    "pytest", "raw", "read_assumptions", "read_csv", "read_data_log", "read_excel",
    "read_facts", "read_ingested", "received", "received_on", "remove", "reorder_within",
    "report", "reverse", "rows", "rows_of", "rule", "run", "said", "scale_x_reordered",
    "script", "self", "settings", "shell", "show_figure", "show_table", "shutil", "size",
    "size_files", "size_files_gb", "size_files_kb", "size_files_mb", "size_gb", "size_kb",
    "size_mb", "size_tempfiles", "snakemake", "sort", "source", "sources", "stages",
    "startpy", "starts", "state_facts", "subprocess", "sum_up", "suspicious",
    "suspicious_report", "sys", "table", "tables", "temp_size_mb", "tests", "theme_house",
    "tmp_path_factory", "to_boolean", "twice", "update", "value", "values", "workflow",
    "write_excel", "write_facts", "write_plot", "write_table", "yaml",
}  # fmt: skip
