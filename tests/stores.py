"""A store of objects on this machine, as S3 is one."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from vinchar.scale.storage import _system_of, system


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of an empty bucket, which this process, and those that it starts, can reach."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
    }.items():
        monkeypatch.setenv(name, value)
    _system_of.cache_clear()
    bucket = f"bucket-{uuid4().hex}"
    system("s3://").mkdir(bucket)
    try:
        yield f"s3://{bucket}"
    finally:
        _system_of.cache_clear()
        server.stop()
