package io.jitney.daemon.adversary;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.daemon.testing.DaemonExtension;
import io.jitney.daemon.testing.HttpApiClient;
import io.jitney.daemon.testing.RedisServer;
import io.jitney.daemon.testing.Sidecar;
import io.jitney.daemon.testing.SidecarSpec;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Apps that do their worst with the events they get, beside one that lives by its events. */
class EventsIT {
  @RegisterExtension static final RedisServer REDIS = new RedisServer();
  @RegisterExtension static final DaemonExtension DAEMON = DaemonExtension.inProcess();

  private static final String TO_T = "[{'pubsubname':'own','topic':'t','route':'/t'}]";
  private static final long ATTACK_MILLIS = 700;

  private static EventVictim victim;

  @BeforeAll
  static void victim() throws Exception {
    victim = new EventVictim(REDIS.address(), DAEMON::open);
  }

  @AfterAll
  static void end() {
    victim.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private static SidecarSpec spec(HostileApp app) {
    return SidecarSpec.app("mallory")
        .component("own", "pubsub.in-memory")
        .component("shared", "pubsub.redis", "redisHost", REDIS.address())
        .component("memory", "state.in-memory")
        .app(app.port(), "http");
  }

  /** Opens Mallory's sidecar and has her publish what is given, over and over. */
  private static void flood(SidecarSpec spec, String path, String body) throws Exception {
    try (Sidecar mallory = DAEMON.daemon().open(spec)) {
      ready(mallory);
      victim.undisturbedBy(() -> flood(mallory, path, body));
    }
  }

  private static void ready(Sidecar sidecar) throws InterruptedException {
    long end = System.nanoTime() + 10_000_000_000L;
    while (sidecar.http().get("/v1.0/healthz").status() != 204 && System.nanoTime() < end) {
      Thread.sleep(10);
    }
  }

  private static void flood(Sidecar mallory, String path, String body) throws InterruptedException {
    long end = System.nanoTime() + ATTACK_MILLIS * 1_000_000;
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    HttpApiClient http = mallory.http();
                    while (System.nanoTime() < end) {
                      try {
                        http.post(path, body, "content-type", "application/json");
                      } catch (RuntimeException refused) {
                        // as may be
                      }
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** What an app answers to an event. */
  enum Answers implements HostileApp.Answer {
    ENDLESS_BODY {
      @Override
      public boolean write(String path, OutputStream out) throws Exception {
        out.write(bytes("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"));
        byte[] piece = bytes("10000\r\n" + "x".repeat(65_536) + "\r\n");
        while (true) {
          out.write(piece);
        }
      }
    },
    ENDLESS_TINY_CHUNKS {
      @Override
      public boolean write(String path, OutputStream out) throws Exception {
        out.write(bytes("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"));
        byte[] piece = bytes("1\r\nx\r\n".repeat(10_000));
        while (true) {
          out.write(piece);
        }
      }
    },
    ENDLESS_HEADERS {
      @Override
      public boolean write(String path, OutputStream out) throws Exception {
        out.write(bytes("HTTP/1.1 200 OK\r\n"));
        byte[] piece = bytes("x: y\r\n".repeat(1_000));
        while (true) {
          out.write(piece);
        }
      }
    },
    NEVER {
      @Override
      public boolean write(String path, OutputStream out) throws Exception {
        Thread.sleep(ATTACK_MILLIS);
        return false;
      }
    },
    HALF {
      @Override
      public boolean write(String path, OutputStream out) throws Exception {
        out.write(bytes("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"status\":"));
        return false;
      }
    },
    WRONG_JSON {
      @Override
      public boolean write(String path, OutputStream out) throws Exception {
        out.write(HostileApp.ok("{\"status\":" + "[".repeat(100_000)));
        return true;
      }
    },
    ALL_THERE_MAY_BE {
      @Override
      public boolean write(String path, OutputStream out) throws Exception {
        out.write(HostileApp.ok("{\"statuses\":[" + "{},".repeat(1_300_000) + "{}]}"));
        return true;
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Answers.class)
  void answersOfAnHttpApp(Answers answers) throws Exception {
    String topics =
        IntStream.range(0, 20)
            .mapToObj(i -> "{'pubsubname':'own','topic':'*','route':'/" + i + "'}")
            .collect(Collectors.joining(",", "[", "]"));
    boolean bulk = answers == Answers.ALL_THERE_MAY_BE;
    String one =
        bulk
            ? TO_T.replace("}]", ",'bulkSubscribe':{'enabled':true,'maxAwaitDurationMs':5}}]")
            : topics;
    try (HostileApp app = new HostileApp(one, answers)) {
      flood(spec(app), "/v1.0/publish/own/t", "{\"a\":1}");
      assertThat(app.calls()).isPositive();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "event.data.l.all(x, event.data.l.all(y, !event.data.s.contains('aaaaaaaaaaaaaaaab')))",
        "event.data.l.all(x, event.data.l.all(y, !event.data.s.matches('(a|b|ab)*c')))",
        "event.data.s.matches('(((a{1000}){1000}){1000})')",
        "event.data.l.map(x, event.data.l.map(y, event.data.s + event.data.s)).size() > 0"
      })
  void rulesWithoutEnd(String rule) throws Exception {
    String routed =
        TO_T.replace("'route':'/t'", "'routes':{'rules':[{'match':\"RULE\",'path':'/t'}]}");
    String list = IntStream.range(0, 500).mapToObj(i -> "" + i).collect(Collectors.joining(","));
    String event = "{\"l\":[" + list + "],\"s\":\"" + "a".repeat(20_000) + "\"}";
    HostileApp.Answer asked =
        (path, out) -> {
          boolean asks = path.equals("/dapr/subscribe");
          out.write(HostileApp.ok(asks ? routed.replace('\'', '"').replace("RULE", rule) : "{}"));
          return true;
        };
    try (HostileApp app = new HostileApp("", asked)) {
      flood(spec(app), "/v1.0/publish/own/t", event);
    }
  }

  /** What an app says that it wants to hear. */
  enum Wishes implements HostileApp.Answer {
    A_HUNDRED_MEGABYTES {
      @Override
      public boolean write(String path, OutputStream out) throws Exception {
        out.write(bytes("HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n["));
        byte[] piece = bytes("{}, ".repeat(250_000));
        for (int i = 0; i < 100; i++) {
          out.write(piece);
        }
        return false;
      }
    },
    AS_MANY_AS_THERE_IS_ROOM_FOR {
      @Override
      public boolean write(String path, OutputStream out) throws Exception {
        out.write(
            HostileApp.ok(
                IntStream.range(0, 60_000)
                    .mapToObj(
                        i -> "{\"pubsubname\":\"shared\",\"topic\":\"m" + i + "\",\"route\":\"/\"}")
                    .collect(Collectors.joining(",", "[", "]"))));
        return true;
      }
    },
    DEEP {
      @Override
      public boolean write(String path, OutputStream out) throws Exception {
        out.write(HostileApp.ok("[{\"metadata\":" + "{\"a\":".repeat(500_000)));
        return true;
      }
    },
    RULES {
      @Override
      public boolean write(String path, OutputStream out) throws Exception {
        String rules =
            IntStream.range(0, 500)
                .mapToObj(i -> "{\"match\":\"event.a" + i + " == nosuch" + i + "\"}")
                .collect(Collectors.joining(","));
        out.write(
            HostileApp.ok(
                "[{\"pubsubname\":\"own\",\"topic\":\"t\",\"routes\":{\"rules\":["
                    + rules
                    + "]}}]"));
        return true;
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Wishes.class)
  void whatAnAppWantsToHear(Wishes wishes) throws Exception {
    try (HostileApp app = new HostileApp("", wishes)) {
      victim.undisturbedBy(
          () -> {
            try (Sidecar mallory = DAEMON.daemon().open(spec(app))) {
              Thread.sleep(ATTACK_MILLIS);
            }
          });
      assertThat(app.calls()).isPositive();
    }
  }

  @Test
  void aClockThatTicksForAnAppThatNeverAnswers() throws Exception {
    try (HostileApp app =
        new HostileApp(
            "[]",
            (path, out) -> {
              if (path.equals("/tick")) {
                Thread.sleep(ATTACK_MILLIS);
              }
              out.write(HostileApp.ok(""));
              return true;
            })) {
      SidecarSpec spec = spec(app);
      for (int i = 0; i < 20; i++) {
        spec =
            spec.component("cron" + i, "bindings.cron", "schedule", "@every 1ms", "route", "/tick");
      }
      flood(spec, "/v1.0/publish/own/t", "{}");
    }
  }

  @Test
  void bulksOfAsManyEntriesAsThereIsRoomFor() throws Exception {
    String body =
        IntStream.range(0, 20_000)
            .mapToObj(
                i -> "{\"entryId\":\"" + i + "\",\"event\":\"x\",\"contentType\":\"text/plain\"}")
            .collect(Collectors.joining(",", "[", "]"));
    try (HostileApp app =
        new HostileApp(
            TO_T,
            (path, out) -> {
              out.write(HostileApp.ok("{}"));
              return true;
            })) {
      flood(spec(app), "/v1.0-alpha1/publish/bulk/own/t", body);
    }
  }

  @Test
  void oneValueAskedForAHundredThousandTimes() throws Exception {
    try (HostileApp app = new HostileApp("[]", (path, out) -> false);
        Sidecar mallory = DAEMON.daemon().open(spec(app))) {
      String value = "[{\"key\":\"big\",\"value\":\"" + "x".repeat(1_000_000) + "\"}]";
      assertThat(mallory.http().post("/v1.0/state/memory", value).status()).isEqualTo(204);
      String keys =
          IntStream.range(0, 100_000)
              .mapToObj(i -> "\"big\"")
              .collect(Collectors.joining(",", "{\"keys\":[", "]}"));
      victim.undisturbedBy(
          () ->
              assertThat(mallory.http().post("/v1.0/state/memory/bulk", keys).status())
                  .isEqualTo(429));
    }
  }
}
