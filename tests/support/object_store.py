"""moto's S3 server on this machine."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from moto.server import ThreadedMotoServer

if TYPE_CHECKING:
    from collections.abc import Iterator

BUCKET = "audiences"
ENVIRONMENT = {"S_ACCESS_KEY_ID": "key", "S_SECRET_ACCESS_KEY": "very secret"}


@dataclass(frozen=True)
class S3Server:
    endpoint: str

    def client(self) -> Any:
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id="key",
            aws_secret_access_key="very secret",
            region_name="us-east-1",
        )

    def objects(self) -> dict[str, bytes]:
        client = self.client()
        listed = client.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return {one["Key"]: client.get_object(Bucket=BUCKET, Key=one["Key"])["Body"].read() for one in listed}


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """The server with an empty bucket, until the block ends."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        found = S3Server(f"http://{host}:{port}")
        client = found.client()
        client.create_bucket(Bucket=BUCKET)
        for key in found.objects():
            client.delete_object(Bucket=BUCKET, Key=key)
        yield found
    finally:
        server.stop()
