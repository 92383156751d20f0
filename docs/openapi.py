"""Write the description of the HTTP interface: ``python3 docs/openapi.py``, which makes ``docs/openapi.json``."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from vinchar.files import write_whole  # noqa: E402
from vinchar.service.app import make_app  # noqa: E402
from vinchar.service.settings import Settings  # noqa: E402

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        described = make_app(Settings(store=str(Path(folder) / "store.db"))).openapi()
    write_whole(ROOT / "docs" / "openapi.json", json.dumps(described, indent=1) + "\n")
