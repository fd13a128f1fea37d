"""Subscribers with the Dapr Python SDK, unmodified: streams of two apps on one daemon, and a gRPC app that subscribes.

Arguments: HTTP and gRPC port of each sidecar of the two apps. Prints `ok` at the end.
"""
import json
import os
import queue
import sys
import time
import urllib.request

http_a, grpc_a, http_b, grpc_b = sys.argv[1:5]


def client(http, grpc):
    os.environ["DAPR_HTTP_PORT"], os.environ["DAPR_GRPC_PORT"] = http, grpc
    from dapr.conf import settings
    settings.DAPR_HTTP_PORT, settings.DAPR_GRPC_PORT = int(http), int(grpc)
    from dapr.clients import DaprClient
    return DaprClient(address=f"127.0.0.1:{grpc}")


def streams(http):
    with urllib.request.urlopen(f"http://127.0.0.1:{http}/v1.0/metadata") as answer:
        listed = json.load(answer).get("subscriptions", [])
    return [one["topic"] for one in listed if one["type"] == "STREAMING"]


def subscribe(client, http, topic, **options):
    """A stream. The SDK ends some before they begin: its sender looks whether the stream is active before it says so."""
    while True:
        subscription = client.subscribe("ps", topic, **options)
        time.sleep(0.3)
        if topic in streams(http):
            return subscription
        subscription.close()


a, b = client(http_a, grpc_a), client(http_b, grpc_b)

# a stream of each app on topics and components of one name
of_a, of_b = subscribe(a, http_a, "t"), subscribe(b, http_b, "t")
a.publish_event("ps", "t", '{"n":1}', data_content_type="application/json")
b.publish_event("ps", "t", "text", data_content_type="text/plain")
message = of_a.next_message()
assert message.data() == {"n": 1}, message.data()
assert (message.topic(), message.pubsub_name(), message.source()) == ("t", "ps", "app-a")
of_a.respond_success(message)
message = of_b.next_message()
assert (message.data(), message.source()) == ("text", "app-b"), (message.data(), message.source())
of_b.respond_success(message)

# what a stream drops is in its dead-letter topic, of its own app only
dropping = subscribe(a, http_a, "u", dead_letter_topic="dead")
dead_a, dead_b = queue.Queue(), queue.Queue()
from dapr.clients.grpc._response import TopicEventResponse


def into(letters):
    def take(message):
        letters.put(message.data())
        return TopicEventResponse("success")
    return take


stop_a = a.subscribe_with_handler("ps", "dead", into(dead_a))
stop_b = b.subscribe_with_handler("ps", "dead", into(dead_b))
while "dead" not in streams(http_a) or "dead" not in streams(http_b):    # begins again by itself
    time.sleep(0.1)
a.publish_event("ps", "u", "unwanted", data_content_type="text/plain")
message = dropping.next_message()
dropping.respond_drop(message)
assert dead_a.get(timeout=10) == "unwanted"

# one hundred in a row, answered one by one
for i in range(100):
    a.publish_event("ps", "t", str(i), data_content_type="text/plain")
for i in range(100):
    message = of_a.next_message()
    assert message.data() == str(i), (i, message.data())
    of_a.respond_success(message)
assert dead_b.empty()

for subscription in (of_a, of_b, dropping):
    subscription.close()
stop_a()
stop_b()
print("ok")
sys.stdout.flush()
os._exit(0)    # the SDK's threads of subscriptions wait for answers that nobody sends any more
