"""Takes the picture of the README, by the program itself: `make docs`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from ingestion.demo import ensure_demo
from plant.settings import load_settings
from tui.picture import save_picture


def main() -> None:
    """Builds a fresh demo plant in a temporary folder, asks it one question, and saves the screen."""
    with tempfile.TemporaryDirectory(prefix="millhand-picture-") as folder:
        settings = load_settings({"store": {"path": str(Path(folder) / "demo.db")}})
        ensure_demo(settings, lambda text: print(text, file=sys.stderr))
        save_picture(settings, Path(__file__).with_name("terminal.svg"))


if __name__ == "__main__":
    main()
