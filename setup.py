# file: setup.py
"""Put the shipped settings into a wheel; everything else about the build is in pyproject.toml.

`config/` lies at the repository's root and belongs into the package. A package-dir mapping would say so too, and would
turn the editable install from one plain .pth line into an import hook that every start pays for.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithSettings(build_py):
    """Build the packages, and copy `config/` to `tradingbot/shipped/config`."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            shipped = Path(self.build_lib, "tradingbot", "shipped", "config")
            shutil.rmtree(shipped, ignore_errors=True)
            shutil.copytree("config", shipped)


setup(cmdclass={"build_py": BuildWithSettings})
