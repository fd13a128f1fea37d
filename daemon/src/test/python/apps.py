"""Apps with the Dapr Python SDK's extensions, unmodified: two over gRPC, one with Flask, one with FastAPI.

Argument: JSON, a list of {id, kind, appPort, httpPort, grpcPort}. Each app subscribes to what it has of its own and to
a topic of a broker that all of them share; the script publishes. Prints `ok` at the end.
"""
import json
import logging
import os
import sys
import threading
import time
import urllib.request
from collections import defaultdict

import uvicorn
from dapr.clients import DaprClient
from dapr.clients.grpc._response import TopicEventResponse
from dapr.conf import settings
from dapr.ext.fastapi import DaprApp as FastApiDapr
from dapr.ext.grpc import App, BindingRequest, Rule
from fastapi import Body, FastAPI
from flask import Flask, jsonify, request
from flask_dapr import DaprApp as FlaskDapr

logging.getLogger("werkzeug").setLevel(logging.ERROR)
apps = json.loads(sys.argv[1])
SUBSCRIPTIONS = 8    # of each app
got = {app["id"]: defaultdict(list) for app in apps}


def until(what, condition, app, seconds=20):
    end = time.time() + seconds
    while not condition():
        assert time.time() < end, f"{app['id']}: no {what} within {seconds} s, but {dict(got[app['id']])}"
        time.sleep(0.02)


def take(box, topic, data, attempts=2):
    """What every app does with an event: `again` wants a second one, `letters` wants the even ones only."""
    box[topic].append(data)
    if topic == "again" and len(box[topic]) < attempts:
        return "RETRY"
    if topic == "letters" and data["n"] % 2:
        return "DROP"
    return "SUCCESS"


def run_grpc(app_id, port):
    app, box = App(), got[app_id]

    def subscribe(pubsub, topic, **options):
        name = "shared" if pubsub == "bus" else topic

        @app.subscribe(pubsub, topic, **options)
        def handle(event):
            data = event.Data()
            data = json.loads(data) if event.content_type == "application/json" else data.decode()
            return TopicEventResponse(take(box, name, data).lower())

    subscribe("own", "plain")
    subscribe("own", "letters", dead_letter_topic="dead")
    subscribe("own", "dead")
    subscribe("own", "again")
    subscribe("bus", "plain")

    @app.subscribe("own", "routed", rule=Rule('event.type == "wanted"', 1))
    def wanted(event):
        box["wanted"].append(json.loads(event.Data()))

    @app.subscribe("own", "routed", rule=Rule("event.data.n > 5.0", 2))
    def many(event):
        box["many"].append(json.loads(event.Data()))

    @app.subscribe("own", "raw", metadata={"rawPayload": "true"})
    def raw(event):
        box["raw"].append(event.Data().decode())

    @app.subscribe("own", "bulk")    # the SDK has no way to ask for batches: one by one
    def bulk(event):
        box["bulk"].append(event.Data().decode())

    @app.binding("tick")
    def tick(request: BindingRequest):
        box["tick"].append(request.text())

    threading.Thread(target=app.run, args=[port], daemon=True).start()


def run_flask(app_id, port):
    app, box = Flask(app_id), got[app_id]
    dapr = FlaskDapr(app)

    def subscribe(pubsub, topic, **options):
        name = "shared" if pubsub == "bus" else topic

        def handle():
            return jsonify({"status": take(box, name, json.loads(request.data)["data"])})
        dapr.subscribe(pubsub=pubsub, topic=topic, **options)(handle)

    subscribe("own", "plain")
    subscribe("own", "letters", dead_letter_topic="dead")
    subscribe("own", "dead")
    subscribe("own", "again")
    subscribe("bus", "plain")

    @dapr.subscribe(pubsub="own", topic="raw", metadata={"rawPayload": "true"})
    def raw():
        import base64
        box["raw"].append(base64.b64decode(json.loads(request.data)["data_base64"]).decode())
        return ""

    http_apps(box, lambda path, handler: app.add_url_rule(
        path, path, lambda: jsonify(handler(json.loads(request.data or b"null"))), methods=["POST"]))
    threading.Thread(target=lambda: app.run("127.0.0.1", port), daemon=True).start()


def run_fastapi(app_id, port):
    app, box = FastAPI(), got[app_id]
    dapr = FastApiDapr(app)

    def subscribe(pubsub, topic, **options):
        name = "shared" if pubsub == "bus" else topic

        def handle(event=Body()):
            return {"status": take(box, name, event["data"])}
        dapr.subscribe(pubsub=pubsub, topic=topic, **options)(handle)

    subscribe("own", "plain")
    subscribe("own", "letters", dead_letter_topic="dead")
    subscribe("own", "dead")
    subscribe("own", "again")
    subscribe("bus", "plain")

    @dapr.subscribe(pubsub="own", topic="raw", metadata={"rawPayload": "true"})
    def raw(event=Body()):
        import base64
        box["raw"].append(base64.b64decode(event["data_base64"]).decode())

    def add(path, handler):
        app.add_api_route(path, lambda event=Body(default=None): handler(event), methods=["POST"])
    http_apps(box, add)
    server = uvicorn.Server(uvicorn.Config(app, "127.0.0.1", port, log_level="error"))
    threading.Thread(target=server.run, daemon=True).start()


def http_apps(box, add):
    """What files declare, and a binding: plain routes of the app."""
    def into(name):
        def handle(event):
            box[name].append(event["data"])
            return {"status": "SUCCESS"}
        return handle

    def bulk(batch):
        for entry in batch["entries"]:
            box["bulk"].append(entry["event"]["data"])
        return {"statuses": [{"entryId": entry["entryId"], "status": "SUCCESS"} for entry in batch["entries"]]}

    def tick(event):
        box["tick"].append(event)
        return {}

    add("/wanted", into("wanted"))
    add("/many", into("many"))
    add("/bulk", bulk)
    add("/tick", tick)


def check(app):
    box = got[app["id"]]
    settings.DAPR_HTTP_PORT, settings.DAPR_GRPC_PORT = app["httpPort"], app["grpcPort"]
    with DaprClient(address=f"127.0.0.1:{app['grpcPort']}") as client:
        def publish(topic, data, pubsub="own", **metadata):
            json_type = {} if isinstance(data, str) else {"data_content_type": "application/json"}
            client.publish_event(pubsub, topic, data if isinstance(data, str) else json.dumps(data),
                                 publish_metadata={key.replace("_", "."): value for key, value in metadata.items()},
                                 **json_type)

        publish("plain", {"of": app["id"], "ü": [None, 1.5]})
        publish("routed", {"n": 1}, cloudevent_type="wanted")
        publish("routed", {"n": 6})
        publish("routed", {"n": 2})    # for nobody
        for n in range(4):
            publish("letters", {"n": n})
        publish("again", {"n": 0})
        publish("raw", "as it is", rawPayload="true")
        answer = client.publish_events("own", "bulk", [f"event {n}" for n in range(20)])
        assert not answer.failed_entries, answer
        publish("plain", {"from": app["id"]}, pubsub="bus")

        until("end", lambda: len(box["bulk"]) == 20 and len(box["dead"]) == 2 and box["many"] and box["raw"]
              and len(box["again"]) == 2 and len(box["shared"]) == len(apps) and box["tick"], app)
    assert box["plain"] == [{"of": app["id"], "ü": [None, 1.5]}], box["plain"]
    assert (box["wanted"], box["many"]) == ([{"n": 1}], [{"n": 6}]), (box["wanted"], box["many"])
    assert [data["n"] for data in box["letters"]] == [0, 1, 2, 3], box["letters"]
    assert [data["n"] for data in box["dead"]] == [1, 3], box["dead"]
    assert box["again"] == [{"n": 0}, {"n": 0}], box["again"]
    assert box["raw"] == ["as it is"], box["raw"]
    assert sorted(box["bulk"]) == sorted(f"event {n}" for n in range(20)), box["bulk"]
    assert sorted(data["from"] for data in box["shared"]) == sorted(got), box["shared"]


def subscriptions(app):
    with urllib.request.urlopen(f"http://127.0.0.1:{app['httpPort']}/v1.0/metadata") as answer:
        return len(json.load(answer).get("subscriptions", []))


for app in apps:
    {"grpc": run_grpc, "flask": run_flask, "fastapi": run_fastapi}[app["kind"]](app["id"], app["appPort"])
for app in apps:
    until("subscriptions", lambda: subscriptions(app) == SUBSCRIPTIONS, app)
failures = []


def guarded(app):
    try:
        check(app)
    except BaseException as failure:
        failures.append((app["id"], failure))


checks = [threading.Thread(target=guarded, args=[app]) for app in apps]
for one in checks:
    one.start()
    time.sleep(0.3)    # the SDK reads its ports from settings of the process
for one in checks:
    one.join()
print("ok" if not failures else failures)
sys.stdout.flush()
os._exit(0 if not failures else 1)
