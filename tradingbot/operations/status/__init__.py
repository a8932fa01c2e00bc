# file: operations/status/__init__.py
"""What there is to see: nodes from their state files, lanes, processes, events, paper vs live decisions.

It reads and never commands. `nodesummary` must stay light: the verb `status` answers in under 0.4 s.
Start reading at `overview`.
"""
