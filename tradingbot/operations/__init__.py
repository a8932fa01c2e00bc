# file: operations/__init__.py
"""Every verb an operator has, whatever the interface: kill and live switches, promotion, what there is to see.

It may import the use cases and the core; the command line and the dashboard import it. Commands are audited here:
before they act, or after where nothing may delay them. Start reading at `killswitch`.
"""
