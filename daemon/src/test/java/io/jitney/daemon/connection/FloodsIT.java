package io.jitney.daemon.connection;

import static io.jitney.daemon.connection.RawHttp2.CONTINUATION;
import static io.jitney.daemon.connection.RawHttp2.DATA;
import static io.jitney.daemon.connection.RawHttp2.END_HEADERS;
import static io.jitney.daemon.connection.RawHttp2.HEADERS;
import static io.jitney.daemon.connection.RawHttp2.PING;
import static io.jitney.daemon.connection.RawHttp2.PRIORITY;
import static io.jitney.daemon.connection.RawHttp2.RST_STREAM;
import static io.jitney.daemon.connection.RawHttp2.SETTINGS;
import static io.jitney.daemon.connection.RawHttp2.WINDOW_UPDATE;
import static io.jitney.daemon.connection.RawHttp2.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jitney.daemon.testing.InProcessDaemon;
import io.jitney.daemon.testing.InProcessDaemon.OpenSidecar;
import io.jitney.daemon.testing.SidecarSpec;
import io.jitney.tenancy.connection.ConnectionEnd;
import java.io.IOException;
import java.net.SocketException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Floods of HTTP/2 frames: the connection ends, and another tenant's goes on. */
class FloodsIT {
  private static final byte[] NOTHING = {};

  /** A frame, or some, that a client may send now and then, but not by the ten thousand. */
  enum Flood {
    PINGS {
      @Override
      void send(RawHttp2 client, int number) throws IOException {
        client.frame(PING, 0, 0, new byte[8]);
      }
    },
    SETTINGS_FRAMES {
      @Override
      void send(RawHttp2 client, int number) throws IOException {
        client.frame(SETTINGS, 0, 0, NOTHING);
      }
    },
    PRIORITIES {
      @Override
      void send(RawHttp2 client, int number) throws IOException {
        client.frame(PRIORITY, 0, 2 * number + 1, new byte[] {0, 0, 0, 0, 16});
      }
    },
    WINDOW_UPDATES {
      @Override
      void send(RawHttp2 client, int number) throws IOException {
        client.frame(WINDOW_UPDATE, 0, 0, new byte[] {0, 0, 0, 1});
      }
    },
    UNKNOWN_FRAMES {
      @Override
      void send(RawHttp2 client, int number) throws IOException {
        client.frame(0x70, 0, 0, new byte[16]);
      }
    },
    REQUESTS_AND_RESETS {
      @Override
      void send(RawHttp2 client, int number) throws IOException {
        client.get(2 * number + 1, "/v1.0/healthz");
        client.frame(RST_STREAM, 0, 2 * number + 1, new byte[] {0, 0, 0, 8});
      }
    },
    EMPTY_DATA {
      @Override
      void send(RawHttp2 client, int number) throws IOException {
        if (number == 0) {
          client.frame(HEADERS, END_HEADERS, 1, POST);
        }
        client.frame(DATA, 0, 1, NOTHING);
      }
    },
    SMALL_CONTINUATIONS {
      @Override
      void send(RawHttp2 client, int number) throws IOException {
        client.frame(number == 0 ? HEADERS : CONTINUATION, 0, 1, head("a", "b"));
      }
    },
    EMPTY_CONTINUATIONS {
      @Override
      void send(RawHttp2 client, int number) throws IOException {
        client.frame(number == 0 ? HEADERS : CONTINUATION, 0, 1, number == 0 ? POST : NOTHING);
      }
    },
    LARGE_HEADERS {
      @Override
      void send(RawHttp2 client, int number) throws IOException {
        byte[] large = head("a" + number, "b".repeat(16_000));
        client.frame(number == 0 ? HEADERS : CONTINUATION, 0, 1, large);
      }
    };

    private static final byte[] POST =
        head(":method", "POST", ":scheme", "http", ":path", "/v1.0/state/s", ":authority", "x");

    abstract void send(RawHttp2 client, int number) throws IOException;
  }

  private final InProcessDaemon running = new InProcessDaemon();
  private OpenSidecar red;
  private OpenSidecar blue;

  @BeforeEach
  void twoApps() throws Exception {
    red = running.open(SidecarSpec.app("red").component("s", "state.in-memory"));
    blue = running.open(SidecarSpec.app("blue").component("s", "state.in-memory"));
  }

  @AfterEach
  void close() {
    running.close();
  }

  @ParameterizedTest
  @EnumSource(Flood.class)
  void aFloodEndsItsConnectionAndNobodyElses(Flood flood) throws Exception {
    try (RawHttp2 victim = new RawHttp2(blue.httpPort());
        RawHttp2 attacker = new RawHttp2(red.httpPort())) {
      victim.get(1, "/v1.0/metadata").flush();
      assertThat(victim.await(DATA)).isNotNull();

      Thread reader = Thread.ofVirtual().start(() -> drain(attacker));
      int sent = 0;
      try {
        for (; sent < 100_000; sent++) {
          flood.send(attacker, sent);
          if (sent % 1000 == 999) {
            attacker.flush();
          }
        }
        attacker.flush();
      } catch (SocketException closed) {
        // As it should be.
      }
      reader.join(20_000);

      assertThat(reader.isAlive()).as("still open after %d", sent).isFalse();
      victim.get(3, "/v1.0/metadata").flush();
      assertThat(victim.await(DATA)).isNotNull();
    }
    await().until(() -> red.opened().instance().connections().open() == 0);
    assertThat(blue.opened().instance().connections().ends().of(ConnectionEnd.HTTP2_FLOOD))
        .isZero();
    assertThat(red.http().get("/v1.0/metadata").status()).isEqualTo(200);
  }

  private static void drain(RawHttp2 client) {
    try {
      client.awaitClosed();
    } catch (IOException open) {
      throw new java.io.UncheckedIOException(open);
    }
  }

  @Test
  void resultsThatNobodyReadsEndTheConnectionToo() throws Exception {
    try (RawHttp2 attacker = new RawHttp2(red.httpPort(), 4096)) {
      SocketException closed = null;
      try {
        for (int i = 0; i < 2_000_000 && closed == null; i++) {
          attacker.frame(PING, 0, 0, new byte[8]);
        }
        attacker.flush();
      } catch (SocketException reset) {
        closed = reset;
      }
      assertThat(closed).isNotNull();
    }
    assertThat(blue.http().get("/v1.0/metadata").status()).isEqualTo(200);
  }
}
