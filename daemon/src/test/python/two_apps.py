"""The Dapr Python SDK, unmodified, with two apps on one daemon. Arguments: HTTP and gRPC port of each sidecar.

Prints `ok` at the end; any difference from what Dapr answers ends it with an AssertionError.
"""
import os
import sys

http_a, grpc_a, http_b, grpc_b = sys.argv[1:5]


def client(http, grpc):
    os.environ["DAPR_HTTP_PORT"], os.environ["DAPR_GRPC_PORT"] = http, grpc
    from dapr.conf import settings
    settings.DAPR_HTTP_PORT, settings.DAPR_GRPC_PORT = int(http), int(grpc)
    from dapr.clients import DaprClient
    return DaprClient(address=f"127.0.0.1:{grpc}")    # waits for the sidecar's health over HTTP


a, b = client(http_a, grpc_a), client(http_b, grpc_b)

# state: one key name, two apps
a.save_state("store", "key", "mine")
b.save_state("store", "key", "yours")
assert a.get_state("store", "key").data == b"mine"
assert b.get_state("store", "key").data == b"yours"
items = a.get_bulk_state("store", ["key", "none"]).items
assert {i.key: i.data for i in items} == {"key": b"mine", "none": b""}, items
a.delete_state("store", "key")
assert a.get_state("store", "key").data == b""
assert b.get_state("store", "key").data == b"yours"

# a stale ETag
import grpc
from dapr.clients.grpc._state import Concurrency, StateOptions
a.save_state("store", "e", "1")
etag = a.get_state("store", "e").etag
a.save_state("store", "e", "2")
try:
    a.save_state("store", "e", "3", etag=etag, options=StateOptions(concurrency=Concurrency.first_write))
    raise AssertionError("a stale ETag was accepted")
except grpc.RpcError as error:
    assert error.code() == grpc.StatusCode.ABORTED, error

# secrets: each app sees its own environment
assert a.get_secret("env", "WHOSE").secret == {"WHOSE": "of-a"}
assert b.get_secret("env", "WHOSE").secret == {"WHOSE": ""}

# events: a has a broker, b has none
a.publish_event("bus", "t", '{"n": 1}', data_content_type="application/json")
a.publish_event("bus", "t", b"\x00", publish_metadata={"rawPayload": "true"})
try:
    b.publish_event("bus", "t", "x")
    raise AssertionError("published without a broker")
except grpc.RpcError as error:
    assert error.code() == grpc.StatusCode.INVALID_ARGUMENT, error

# metadata
assert a.get_metadata().application_id == "app-a"
a.set_metadata("color", "blue")
assert a.get_metadata().extended_metadata["color"] == "blue"
assert "color" not in b.get_metadata().extended_metadata

# invocation: a calls b's app, over HTTP and over gRPC
answer = a.invoke_method("app-b", "hello", data=b"abc", http_verb="POST")
assert answer.data == b"POST /hello 3", answer.data

a.close()
b.close()
print("ok")
