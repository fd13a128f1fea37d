"use strict";
/*
 * Apps with the Dapr JS SDK, unmodified: subscribers over HTTP and gRPC, bulk, bindings, and what they publish.
 * Argument: JSON, a list of {id, kind, appPort, httpPort, grpcPort}, kind `http` or `grpc`. Prints `ok` at the end.
 */
const assert = require("node:assert/strict");
const dapr = require("@dapr/dapr");

const apps = JSON.parse(process.argv[2]);
const { SUCCESS, RETRY, DROP } = dapr.DaprPubSubStatusEnum;
const quiet = { level: dapr.LogLevel.Error };

async function until(what, condition, seconds = 20) {
  for (const end = Date.now() + seconds * 1000; !(await condition()); ) {
    assert.ok(Date.now() < end, `no ${what} within ${seconds} s`);
    await new Promise((later) => setTimeout(later, 20));
  }
}

async function begin({ kind, appPort, httpPort, grpcPort }) {
  const communicationProtocol = dapr.CommunicationProtocolEnum[kind.toUpperCase()];
  const server = new dapr.DaprServer({
    serverHost: "127.0.0.1",
    serverPort: String(appPort),
    communicationProtocol,
    logger: quiet,
    clientOptions: {
      daprHost: "127.0.0.1",
      daprPort: String(kind === "http" ? httpPort : grpcPort),
      communicationProtocol,
      logger: quiet,
    },
  });
  const got = {};
  const into = (box, answer) => async (data) => {
    (got[box] ??= []).push(data);
    return typeof answer === "function" ? answer(data) : answer;
  };

  await server.pubsub.subscribe("own", "plain", into("plain", SUCCESS));
  await server.pubsub.subscribe("bus", "plain", into("bus", SUCCESS));
  await server.pubsub.subscribe("own", "raw", into("raw"), undefined, { rawPayload: true }); // the SDK makes JSON of it
  await server.pubsub.subscribeWithOptions("own", "letters", {
    callback: into("letters", (data) => (data.n % 2 ? DROP : SUCCESS)),
    deadLetterTopic: "dead",
  });
  await server.pubsub.subscribe("own", "dead", into("dead"));
  await server.pubsub.subscribeWithOptions("own", "again", {
    callback: into("again", () => (got.again.length < 3 ? RETRY : SUCCESS)),
  });
  await server.pubsub.subscribeWithOptions("own", "routed", {
    route: {
      default: "/others",
      rules: [
        { match: `event.type == "wanted"`, path: "/wanted" },
        { match: `event.data.n > 5.0`, path: "/many" },
      ],
    },
  });
  for (const path of ["others", "wanted", "many"]) {
    server.pubsub.subscribeToRoute("own", "routed", `/${path}`, into(path));
  }
  await server.pubsub.subscribeBulk("own", "bulk", into("bulk"), { maxMessagesCount: 10, maxAwaitDurationMs: 100 });
  await server.binding.receive("tick", into("tick"));
  await server.start();
  return { client: server.client, got };
}

async function checks({ id, kind, client, got }) {
  const publish = (...event) => client.pubsub.publish(...event).then((answer) => assert.equal(answer.error, undefined));
  const filled = (box, count) => until(`${count} ${box} of ${id}`, () => (got[box] ?? []).length >= count);

  // what an app publishes comes as it was
  await publish("own", "plain", "text");
  await publish("own", "plain", { from: id, deep: [1, { ü: null }] });
  await filled("plain", 2);
  assert.deepEqual(got.plain, ["text", { from: id, deep: [1, { ü: null }] }]);

  // rules
  await publish("own", "routed", { n: 1 }, { metadata: { "cloudevent.type": "wanted" } });
  await publish("own", "routed", { n: 6 });
  await publish("own", "routed", { n: 2 });
  await filled("others", 1);
  assert.deepEqual([got.wanted, got.many, got.others], [[{ n: 1 }], [{ n: 6 }], [{ n: 2 }]]);

  // what is dropped is in the dead-letter topic
  for (let n = 0; n < 4; n++) await publish("own", "letters", { n });
  await filled("dead", 2);
  assert.deepEqual(got.letters.map(({ n }) => n), [0, 1, 2, 3]);
  assert.deepEqual(got.dead.map(({ n }) => n), [1, 3]);

  // an app that asks for it gets the event again, as the policy says
  await publish("own", "again", "once more");
  await filled("again", 3);
  assert.deepEqual(got.again, ["once more", "once more", "once more"]);

  // bulk, both ways
  const answer = await client.pubsub.publishBulk(
    "own",
    "bulk",
    Array.from({ length: 25 }, (_, n) => (n % 2 ? { event: { n } } : `text ${n}`)),
  );
  assert.deepEqual(answer.failedMessages, []);
  await filled("bulk", 25);
  assert.equal(new Set(got.bulk.map((data) => JSON.stringify(data))).size, 25);
  assert.ok(got.bulk.some((data) => data === "text 24") && got.bulk.some((data) => data.n === 23));
  const refused = await client.pubsub.publishBulk("nosuch", "t", [{ event: "x" }]).catch((thrown) => thrown);
  assert.ok(refused.failedMessages === undefined || refused.failedMessages.length === 1, JSON.stringify(refused));

  // raw events have no envelope of the publisher's
  await publish("own", "raw", { bare: true }, { metadata: { rawPayload: "true" } });
  await filled("raw", 1);
  assert.deepEqual(got.raw, [{ bare: true }]);

  // bindings
  await filled("tick", 1);
  const stored = await client.binding.send("cache", "create", { of: id }, { key: id });
  assert.ok(stored !== null);
  const read = await client.binding.send("cache", "get", "", { key: id });
  const text = kind === "http" ? JSON.stringify(read) : Buffer.from(read.data).toString();
  assert.match(text, new RegExp(id));

  // a broker that all of them share: one event of each app
  await publish("bus", "plain", { from: id });
}

(async () => {
  const running = [];
  for (const app of apps) running.push({ ...app, ...(await begin(app)) });
  for (const { id, httpPort } of running) {
    await until(`subscriptions of ${id}`, async () => {
      const metadata = await (await fetch(`http://127.0.0.1:${httpPort}/v1.0/metadata`)).json();
      return (metadata.subscriptions ?? []).length === 8;
    });
  }
  await Promise.all(running.map(checks));
  for (const { id, got } of running) {
    await until(`events of all for ${id}`, () => (got.bus ?? []).length >= running.length);
    assert.deepEqual(got.bus.map(({ from }) => from).sort(), running.map((app) => app.id).sort());
    assert.equal(got.plain.length, 2, `${id} heard others`);
  }
  console.log("ok");
  process.exit(0);
})().catch((failure) => {
  console.error(failure);
  process.exit(1);
});
