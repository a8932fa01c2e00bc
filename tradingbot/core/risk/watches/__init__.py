# file: core/risk/watches/__init__.py
"""What makes a lane stop itself: each watch sees every closed trade and says why to kill, or nothing."""
