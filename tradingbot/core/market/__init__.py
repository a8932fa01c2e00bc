# file: core/market/__init__.py
"""Market data and what it hangs on: columns, series, instruments, calendars, checks, importers, the catalog.

May import core.storage, core.config, core.errors, core.lane. Within: columns, chunks, series, decimals, funding <
calendars < instruments < checks < catalog < importers, synthetic < journal (the linter's contract `market`). `funding`,
`calendars` and `columns` never reach the engine or pyarrow: reports and models read them. Start with `columns`, then
`catalog.catalog`.
"""
