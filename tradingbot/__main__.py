# file: __main__.py
"""`python -m tradingbot`: the command line."""

from tradingbot.cli import main

main()
