"""The four stages of the analysis: ingest, clean, analyse, report."""
