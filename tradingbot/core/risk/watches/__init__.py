# file: core/risk/watches/__init__.py
"""What makes a lane stop itself: each watch sees closed trades or marked equity and says why to kill, or nothing."""
