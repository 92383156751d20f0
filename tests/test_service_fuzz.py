"""What schemathesis makes of the OpenAPI file: no server error, nothing that the file does not say."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from test_service_server import serving


@pytest.mark.slow
def test_the_interface_is_as_it_is_described(tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name("schemathesis")), "run", "--seed", "1", "--no-color"]
    # What a picture must be cannot be said in a schema, so what fits the schema may be refused.
    flags = ["--max-examples", "30", "--exclude-checks", "positive_data_acceptance"]
    with serving(tmp_path, "--keep", "1", "--rate", "0") as running:
        run = subprocess.run(
            [*command, f"{running.url}/openapi.json", *flags], cwd=tmp_path, capture_output=True, text=True, timeout=300
        )
        assert running.process.poll() is None
        assert "Traceback" not in running.log.read_text()
    assert run.returncode == 0, run.stdout[-5000:]
    cases = re.search(r"(\d+) generated", run.stdout)
    assert cases is not None
    assert int(cases[1]) > 500
