# file: tests/venues/bybit/__main__.py
"""Run the loopback venue as a process: prints one line of JSON with its port, and serves until it is stopped."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
import time

from tests.venues.bybit.venue import BybitVenue

# Nautilus' client takes bars that close after the machine's own time for unfinished: a fast venue stays behind it.
_PAST_MS = 60 * 86_400_000


def main() -> None:
    """Parse the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m tests.venues.bybit", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--speed", type=float, help="venue seconds per real second; the clock stands without one")
    parser.add_argument("--start-ms", type=int, help="the venue's time at its start, ms UTC (sixty days ago)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=int, default=600, help="requests in five seconds before HTTP 403; 0 for any")
    args = parser.parse_args()
    start = time.time_ns() // 1_000_000 - _PAST_MS if args.start_ms is None else args.start_ms
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with BybitVenue(start, args.speed, seed=args.seed, port=args.port, limit=args.limit or None) as venue:
        sys.stdout.write(json.dumps({"port": venue.port, "start_ms": start, "speed": args.speed}) + "\n")
        sys.stdout.flush()
        ended.wait()


if __name__ == "__main__":
    main()
