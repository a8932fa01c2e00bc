# file: tests/core/runtime/supervisor/scriptedprocess.py
"""A process to be watched: it calls the test that pulls its strings, and does what it is told."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

from tradingbot.cli import lifeline


def main() -> None:
    line, family, grace_s, *words = sys.argv[1:]
    lifeline.bind(int(line), int(family), float(grace_s))
    lifeline.forgive()
    if "deaf" in words:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with socket.create_connection(("127.0.0.1", int(os.environ["PUPPETS"]))) as wire:
        if "parent" in words:  # of a process that nobody bound, on the same string
            subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"], pass_fds=(wire.fileno(),))
        wire.sendall(f"{os.getpid()} {' '.join(words)}\n".encode())
        for order in wire.makefile(encoding="utf-8"):
            verb, _, rest = order.strip().partition(" ")
            if verb == "print":
                sys.stdout.write(f"{rest}\n")
            elif verb == "complain":
                sys.stderr.write(f"{rest}\n")
            elif verb == "exit":
                sys.exit(int(rest))
        signal.pause()


if __name__ == "__main__":
    main()
