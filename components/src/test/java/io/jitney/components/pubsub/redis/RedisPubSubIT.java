package io.jitney.components.pubsub.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.components.catalog.Catalog;
import io.jitney.components.pubsub.Inbox;
import io.jitney.components.pubsub.PubSub;
import io.jitney.components.pubsub.PublishRequest;
import io.jitney.components.pubsub.SubscribeRequest;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.Flow;
import io.jitney.components.testing.RedisServer;
import io.jitney.components.testing.TestNode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Redis Streams against a server: layout, groups, acknowledging, failures, connections. */
class RedisPubSubIT {
  /** A process of its own: these tests stop it, and count its connections and commands. */
  @RegisterExtension
  static final RedisServer REDIS = new RedisServer("--maxclients", "5000", "--appendonly", "no");

  private final TestNode node = new TestNode(Path.of("."));
  private final List<PubSub> opened = new ArrayList<>();

  @BeforeEach
  void empty() {
    REDIS.command("FLUSHALL");
  }

  @AfterEach
  void closeAll() {
    opened.forEach(pubsub -> node.await(pubsub::close));
    assertThat(node.pools().clientsByType()).isEmpty();
    node.close();
    Awaitility.await().atMost(5, TimeUnit.SECONDS).until(() -> REDIS.clients() == 0);
  }

  private PubSub open(int loop, String consumer, String... more) {
    Map<String, String> metadata = new HashMap<>();
    metadata.put("redisHost", REDIS.address());
    metadata.put("consumerID", consumer);
    for (int i = 0; i < more.length; i += 2) {
      metadata.put(more[i], more[i + 1]);
    }
    var factory = Catalog.pubSub("pubsub.redis", "v1").orElseThrow();
    PubSub pubsub =
        node.await(
            loop, () -> factory.open(TestNode.spec("pubsub.redis", metadata), node.opening()));
    opened.add(pubsub);
    return pubsub;
  }

  private void close(PubSub pubsub) {
    opened.remove(pubsub);
    node.await(pubsub::close);
  }

  private void publish(PubSub pubsub, String topic, String data) {
    node.await(() -> pubsub.publish(TestNode.call(), request(topic, data)));
  }

  private static PublishRequest request(String topic, String data) {
    return new PublishRequest(Buffer.buffer(data), topic, Map.of(), true);
  }

  private PubSub.Subscription subscribe(PubSub pubsub, String topic, Inbox inbox) {
    Flow flow = TestNode.flow("app");
    return node.await(() -> pubsub.subscribe(flow, new SubscribeRequest(topic, Map.of()), inbox));
  }

  private static long pending(String topic, String group) {
    return (Long) ((List<?>) REDIS.command("XPENDING", topic, group)).getFirst();
  }

  private static void awaitNothingPending(String topic, String group) {
    Awaitility.await()
        .atMost(10, TimeUnit.SECONDS)
        .pollInterval(5, TimeUnit.MILLISECONDS)
        .until(() -> pending(topic, group) == 0);
  }

  private static long calls(String command) {
    String info = (String) REDIS.command("INFO", "commandstats");
    return info.lines()
        .filter(line -> line.startsWith("cmdstat_" + command + ":calls="))
        .mapToLong(line -> Long.parseLong(line.replaceAll("^[^=]*=(\\d+),.*", "$1")))
        .sum();
  }

  @Test
  void entriesAreLaidOutAsDaprdDoes() {
    PubSub pubsub = open(0, "a");
    node.await(
        () ->
            pubsub.publish(
                TestNode.call(),
                new PublishRequest(Buffer.buffer("x"), "t", Map.of("k", "v", "A", "<"), true)));
    node.await(
        () ->
            pubsub.publish(
                TestNode.call(), new PublishRequest(Buffer.buffer("y"), "t", Map.of(), false)));
    publish(pubsub, "t", "z");

    List<Object> fields =
        ((List<?>) REDIS.command("XRANGE", "t", "-", "+"))
            .stream().<Object>map(entry -> ((List<?>) entry).get(1)).toList();
    assertThat(fields)
        .containsExactly(
            List.of("data", "x", "metadata", "{\"A\":\"\\u003c\",\"k\":\"v\"}"),
            List.of("data", "y"),
            List.of("data", "z", "metadata", "{}"));
  }

  @Test
  void streamsAreCutByLengthOrAge() {
    PubSub short1 = open(0, "a", "maxLenApprox", "10", "streamTTL", "1ms");
    PubSub young = open(0, "a", "streamTTL", "50ms");
    for (int i = 0; i < 300; i++) {
      publish(short1, "long", "x");
      publish(young, "old", "x");
    }
    Awaitility.await()
        .pollDelay(60, TimeUnit.MILLISECONDS)
        .until(
            () -> {
              publish(young, "old", "x");
              return (Long) REDIS.command("XLEN", "old") < 250;
            });

    assertThat((Long) REDIS.command("XLEN", "long")).isLessThan(250);
    assertThat(node.log).anyMatch(line -> line.contains("streamTTL is ignored"));
  }

  @Test
  void everyGroupGetsAllAndTheInstancesOfOneShare() {
    PubSub one = open(0, "a");
    PubSub other = open(1, "a");
    PubSub tenant = open(1, "b");
    Inbox first = new Inbox();
    Inbox second = new Inbox();
    Inbox stranger = new Inbox();
    publish(one, "t", "before");
    subscribe(one, "t", first);
    first.await(1);
    subscribe(other, "t", second);
    subscribe(tenant, "t", stranger);
    for (int i = 0; i < 200; i++) {
      publish(one, "t", "m" + i);
    }
    stranger.await(201);

    Awaitility.await().until(() -> first.messages.size() + second.messages.size() == 201);
    assertThat(stranger.texts()).startsWith("before", "m0", "m1").endsWith("m199");
    assertThat(first.metadata(0)).isEmpty();
    assertThat(first.messages.getFirst().topic()).isEqualTo("t");
    awaitNothingPending("t", "a");
    awaitNothingPending("t", "b");
    assertThat(stranger.settled(100)).isEqualTo(201);
  }

  @Test
  void metadataOfTheEntryBecomesTheMessages() {
    PubSub pubsub = open(0, "a");
    Inbox inbox = new Inbox();
    subscribe(pubsub, "t", inbox);
    REDIS.command("XADD", "t", "*", "metadata", "{\"k\":\"v\"}", "data", "x", "more", "y");
    REDIS.command("XADD", "t", "*", "other", "x");
    inbox.await(2);

    assertThat(inbox.metadata(0)).isEqualTo(Map.of("k", "v"));
    assertThat(inbox.texts()).containsExactly("x", "");
  }

  @Test
  void aFailureIsAcknowledgedButNotAfterItsTime() {
    PubSub pubsub = open(0, "a", "processingTimeout", "200", "redeliverInterval", "150");
    Inbox failing = Inbox.failing();
    subscribe(pubsub, "t", failing);
    publish(pubsub, "t", "x");
    failing.await(1);
    awaitNothingPending("t", "a");
    assertThat(failing.settled(600)).isEqualTo(1);

    Inbox late = new Inbox();
    List<Promise<Void>> answers = new ArrayList<>();
    late.answer =
        message -> {
          Promise<Void> answer = Promise.promise();
          answers.add(answer);
          return answer.future();
        };
    subscribe(pubsub, "u", late);
    publish(pubsub, "u", "y");
    late.await(2); // a second time, as its time was over
    answers.getFirst().fail("too late");
    assertThat(pending("u", "a")).isEqualTo(1);
    answers.get(1).complete();
    awaitNothingPending("u", "a");
  }

  @Test
  void whatACancelledSubscriptionHeldGoesToTheNext() {
    String[] quick = {"processingTimeout", "300ms", "redeliverInterval", "100"};
    PubSub pubsub = open(0, "a", quick);
    Inbox silent = Inbox.silent();
    Inbox others = new Inbox();
    PubSub.Subscription held = subscribe(pubsub, "t", silent);
    subscribe(pubsub, "u", others);
    for (int i = 0; i < 30; i++) {
      publish(pubsub, "t", "m" + i);
    }
    silent.await(10);
    assertThat(silent.mostAtOnce.get()).isEqualTo(10);
    node.await(held::cancel);
    publish(pubsub, "u", "on");
    others.await(1); // places are free again
    assertThat(pending("t", "a")).isEqualTo(30);

    Inbox next = new Inbox();
    subscribe(pubsub, "t", next);
    next.await(30);
    awaitNothingPending("t", "a");
    assertThat(next.texts()).hasSize(30).doesNotHaveDuplicates();
  }

  @Test
  void deletedEntriesDoNotStayPending() {
    PubSub pubsub = open(0, "a", "processingTimeout", "100", "redeliverInterval", "100");
    String gone = (String) REDIS.command("XADD", "t", "*", "data", "gone");
    REDIS.command("XADD", "t", "*", "data", "there");
    REDIS.command("XGROUP", "CREATE", "t", "a", "0");
    REDIS.command("XREADGROUP", "GROUP", "a", "dead", "STREAMS", "t", ">");
    REDIS.command("XDEL", "t", gone);
    Inbox inbox = new Inbox();
    subscribe(pubsub, "t", inbox);
    inbox.await(1);

    awaitNothingPending("t", "a");
    assertThat(inbox.texts()).containsExactly("there");
  }

  @Test
  void placesAreTheComponentsAndTopicsTakeTurns() {
    PubSub pubsub = open(0, "a", "concurrency", "3");
    Inbox both = new Inbox();
    List<Promise<Void>> answers = new ArrayList<>();
    both.answer =
        message -> {
          Promise<Void> answer = Promise.promise();
          answers.add(answer);
          return answer.future();
        };
    for (int i = 0; i < 20; i++) {
      publish(pubsub, "t", "t");
      publish(pubsub, "u", "u");
    }
    subscribe(pubsub, "t", both);
    subscribe(pubsub, "u", both);
    for (int i = 0; i < 40; i++) {
      both.await(Math.min(i + 3, 40));
      Promise<Void> answer = answers.get(i);
      node.loops().getFirst().runOnContext(go -> answer.complete());
    }

    assertThat(both.mostAtOnce.get()).isLessThanOrEqualTo(4);
    assertThat(both.texts().subList(0, 20)).contains("t", "u");
    awaitNothingPending("t", "a");
    awaitNothingPending("u", "a");
  }

  @Test
  void aDestroyedGroupIsMadeAgainAndReadsHistory() {
    PubSub pubsub = open(0, "a");
    Inbox inbox = new Inbox();
    subscribe(pubsub, "t", inbox);
    publish(pubsub, "t", "one");
    inbox.await(1);
    awaitNothingPending("t", "a");
    REDIS.command("XGROUP", "DESTROY", "t", "a");
    publish(pubsub, "t", "two");
    inbox.await(3);

    assertThat(inbox.texts()).containsExactly("one", "one", "two");
    REDIS.command("DEL", "t");
    publish(pubsub, "t", "three");
    inbox.await(4);
    REDIS.command("FLUSHALL");
    publish(pubsub, "t", "four");
    inbox.await(5);
    assertThat(inbox.texts()).endsWith("three", "four");
  }

  @Test
  void aServerThatGoesAndComesBackIsFollowed() {
    PubSub pubsub = open(0, "a");
    Inbox inbox = new Inbox();
    subscribe(pubsub, "t", inbox);
    publish(pubsub, "t", "one");
    inbox.await(1);
    awaitNothingPending("t", "a");
    int port = REDIS.port();
    REDIS.stop();
    assertThatThrownBy(
            () -> node.await(() -> pubsub.publish(TestNode.call(1_000), request("t", "lost"))))
        .isInstanceOf(ComponentException.class)
        .hasMessageStartingWith("redis streams: error from publish: ");
    // An idle stream is looked at every few seconds only: a server that is back before that has
    // not been missed, and there is nothing to be told.
    Awaitility.await()
        .atMost(20, TimeUnit.SECONDS)
        .until(
            () -> node.log.stream().anyMatch(line -> line.contains("error reading from stream t")));
    REDIS.start(port);
    publish(pubsub, "t", "two"); // the server came back empty
    inbox.await(2);

    assertThat(inbox.texts()).containsExactly("one", "two");
  }

  @Test
  void aHundredAppsTakeAHandfulOfConnectionsAndAnIdleOneCostsNothing() throws Exception {
    List<Inbox> inboxes = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Inbox inbox = new Inbox();
      inboxes.add(inbox);
      subscribe(open(i % 2, "app" + i), "t" + i % 10, inbox);
    }
    Awaitility.await().until(() -> calls("xreadgroup") >= 100);
    TimeUnit.MILLISECONDS.sleep(200);
    long before = calls("xreadgroup");
    TimeUnit.SECONDS.sleep(1);
    long idle = calls("xreadgroup") - before;
    PubSub publisher = opened.getFirst();
    for (int i = 0; i < 10; i++) {
      publish(publisher, "t" + i, "hello");
    }
    inboxes.forEach(inbox -> inbox.await(1));

    assertThat(idle).isLessThan(60);
    assertThat(REDIS.clients()).isLessThanOrEqualTo(TestNode.LOOPS * 2 + 1);
    assertThat((String) REDIS.command("INFO", "clients")).contains("blocked_clients:0");
    assertThat(node.pools().connectionsByType().get("redis"))
        .isLessThanOrEqualTo(TestNode.LOOPS * 2 + 1);
  }

  @Test
  void anEventArrivesAtOnce() {
    PubSub pubsub = open(0, "a");
    Inbox inbox = new Inbox();
    subscribe(pubsub, "t", inbox);
    long[] millis = new long[50];
    for (int i = 0; i < millis.length; i++) {
      long begin = System.nanoTime();
      publish(pubsub, "t", "x");
      while (inbox.messages.size() <= i && System.nanoTime() - begin < 10_000_000_000L) {
        Thread.onSpinWait();
      }
      millis[i] = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    }
    Arrays.sort(millis);
    System.out.println(
        "redis streams, publish to delivery, ms: median " + millis[25] + ", most " + millis[49]);

    assertThat(millis[25]).isLessThan(20); // polling would take longer
    assertThat(inbox.messages).hasSize(50);
  }

  @Test
  void withoutTrackingItPolls() {
    REDIS.command("ACL", "SETUSER", "poor", "on", ">secret", "~*", "+@all", "-client");
    PubSub pubsub = open(0, "a", "redisUsername", "poor", "redisPassword", "secret");
    Inbox inbox = new Inbox();
    subscribe(pubsub, "t", inbox);
    for (int i = 0; i < 5; i++) {
      publish(pubsub, "t", "m" + i);
      inbox.await(i + 1);
    }

    assertThat(inbox.texts()).containsExactly("m0", "m1", "m2", "m3", "m4");
    REDIS.command("ACL", "DELUSER", "poor");
  }

  @Test
  void manyEventsOfAnAppAllArriveInOrderOfTheStream() {
    PubSub pubsub = open(0, "a", "concurrency", "1");
    Inbox inbox = new Inbox();
    subscribe(pubsub, "t", inbox);
    int count = 5_000;
    long begin = System.nanoTime();
    String data = "x".repeat(1_000);
    for (int i = 0; i < count; i += 100) {
      int from = i;
      node.await(
          1,
          () -> {
            List<Future<Void>> sent = new ArrayList<>();
            for (int n = from; n < from + 100; n++) {
              sent.add(pubsub.publish(TestNode.call(), request("t", n + data)));
            }
            return Future.join(sent);
          });
    }
    inbox.await(count);
    long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    System.out.println("redis streams, " + count + " events of 1 KiB: " + took + " ms");

    assertThat(inbox.texts().stream().map(text -> Integer.parseInt(text.replace("x", ""))).toList())
        .isSorted()
        .doesNotHaveDuplicates();
    awaitNothingPending("t", "a");
  }

  @Test
  void badSettingsAreToldAsDaprdDoes() {
    var factory = Catalog.pubSub("pubsub.redis", "v1").orElseThrow();
    assertThatThrownBy(
            () ->
                node.await(
                    () ->
                        factory.open(
                            TestNode.spec(
                                "pubsub.redis",
                                Map.of("redisHost", REDIS.address(), "concurrency", "x")),
                            node.opening())))
        .hasMessage(
            "redis client configuration error: decode failed. 1 error(s) decoding:\n\n"
                + "* error decoding 'concurrency': invalid int \"x\"");
    assertThatThrownBy(
            () ->
                node.await(
                    () ->
                        factory.open(
                            TestNode.spec(
                                "pubsub.redis",
                                Map.of(
                                    "redisHost", "127.0.0.1:1",
                                    "redisPassword", "geheim",
                                    "redisMaxRetries", "0",
                                    "consumerID", "a")),
                            node.opening())))
        .hasMessage(
            "redis streams: error connecting to redis at 127.0.0.1:1: dial tcp 127.0.0.1:1:"
                + " connect: connection refused");
    REDIS.command("SET", "t", "text");
    PubSub pubsub = open(0, "a");
    assertThatThrownBy(() -> publish(pubsub, "t", "x"))
        .hasMessage(
            "redis streams: error from publish: WRONGTYPE Operation against a key holding the wrong"
                + " kind of value");
    assertThatThrownBy(() -> subscribe(pubsub, "t", new Inbox()))
        .hasMessageStartingWith("WRONGTYPE");
  }
}
