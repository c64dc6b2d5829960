"""Everything but one thing is in pyproject.toml: what a wheel holds beside the code.

Templates, style sheets and the example's photographs lie where people look for them in the
repository (site_src/, mkdocs.yml, images/). A wheel carries copies of them in generator/frame/,
where `generator.system.resources` finds them.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent
FOLDERS = ("site_src/templates", "site_src/assets")
STARTER = HERE / "generator" / "commands" / "init" / "starter" / "photographs.txt"


class Build(build_py):
    """Also copies what the pages are made of."""

    def run(self) -> None:
        """Build the code, then add the frame."""
        super().run()
        if self.editable_mode:
            return
        frame = Path(self.build_lib) / "generator" / "frame"
        for name in FOLDERS:
            shutil.copytree(HERE / name, frame / name, dirs_exist_ok=True)
        photographs = STARTER.read_text(encoding="utf-8").split()
        files = [f"images/{name}" for name in (*photographs, "images.csv")]
        for name in ("mkdocs.yml", *files):
            (frame / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(HERE / name, frame / name)


setup(cmdclass={"build_py": Build})
