package io.jitney.daemon.connection;

import static io.jitney.daemon.connection.RawHttp2.DATA;
import static io.jitney.daemon.connection.RawHttp2.END_HEADERS;
import static io.jitney.daemon.connection.RawHttp2.END_STREAM;
import static io.jitney.daemon.connection.RawHttp2.HEADERS;
import static io.jitney.daemon.connection.RawHttp2.RST_STREAM;
import static io.jitney.daemon.connection.RawHttp2.head;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.dapr.v1.CommonProtos.StateItem;
import io.dapr.v1.DaprStateProtos.SaveStateRequest;
import io.jitney.daemon.NodeSettings;
import io.jitney.daemon.testing.InProcessDaemon;
import io.jitney.daemon.testing.InProcessDaemon.OpenSidecar;
import io.jitney.daemon.testing.SidecarSpec;
import io.jitney.tenancy.admission.Quota;
import io.jitney.tenancy.memory.MemoryLease;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What clients leave behind that go while their calls wait for memory: nothing. */
class LeftBehindIT {
  private static final int MIB = 1 << 20;
  private static final int BODY = 2 * MIB;
  private static final byte[] CANCEL = {0, 0, 0, 8};

  private final InProcessDaemon daemon =
      new InProcessDaemon(NodeSettings.shared(2, Quota.UNLIMITED).memoryBudget(40L * MIB));
  private OpenSidecar red;
  private OpenSidecar blue;
  private MemoryLease hoard;

  @BeforeEach
  void scarceMemory() throws Exception {
    red = daemon.open(SidecarSpec.app("red").component("s", "state.in-memory"));
    blue = daemon.open(SidecarSpec.app("blue").component("s", "state.in-memory"));
    hoard = red.opened().instance().memory().lease();
    hoard.take(26L * MIB);
  }

  @AfterEach
  void close() {
    daemon.close();
  }

  private void oneWaits() {
    await().until(() -> daemon.daemon().memory().waiting() == 1);
    assertThat(blue.http().get("/v1.0/metadata").status()).isEqualTo(200);
  }

  /** At once, not when there is memory again; and then nothing is done. */
  private void nothingIsLeft() {
    nothingIsLeftWithin(5);
  }

  private void nothingIsLeftWithin(int seconds) {
    await()
        .atMost(Duration.ofSeconds(seconds))
        .untilAsserted(
            () -> {
              assertThat(daemon.daemon().memory().waiting()).isZero();
              assertThat(red.opened().instance().memory().held()).isEqualTo(26L * MIB);
              assertThat(red.opened().instance().calls().count()).isZero();
            });
    hoard.close();
    assertThat(red.http().get("/v1.0/state/s/k").status()).isEqualTo(204);
    await().until(() -> red.opened().instance().memory().held() == 0);
  }

  private static byte[] json() {
    return ("[{\"key\":\"k\",\"value\":\"" + "x".repeat(BODY) + "\"}]").getBytes(US_ASCII);
  }

  private static byte[] proto() {
    byte[] message =
        SaveStateRequest.newBuilder()
            .setStoreName("s")
            .addStates(
                StateItem.newBuilder().setKey("k").setValue(ByteString.copyFrom(new byte[BODY])))
            .build()
            .toByteArray();
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(0);
    frame.writeBytes(ByteBuffer.allocate(4).putInt(message.length).array());
    frame.writeBytes(message);
    return frame.toByteArray();
  }

  /** As much of a body as the windows take at the beginning. */
  private static void begin(RawHttp2 client, int stream, byte[] head, byte[] body)
      throws IOException {
    client.frame(HEADERS, END_HEADERS, stream, head);
    for (int at = 0; at < 48 * 1024; at += 16 * 1024) {
      client.frame(DATA, 0, stream, java.util.Arrays.copyOfRange(body, at, at + 16 * 1024));
    }
    client.flush();
  }

  private static byte[] grpcHead(String... more) {
    String[] fields = {
      ":method", "POST",
      ":scheme", "http",
      ":path", "/dapr.proto.runtime.v1.Dapr/SaveState",
      ":authority", "x",
      "content-type", "application/grpc",
      "te", "trailers"
    };
    String[] all = java.util.Arrays.copyOf(fields, fields.length + more.length);
    System.arraycopy(more, 0, all, fields.length, more.length);
    return head(all);
  }

  @Test
  void aGrpcStreamThatIsResetWhileItsBodyWaits() throws Exception {
    try (RawHttp2 client = new RawHttp2(red.grpcPort())) {
      begin(client, 1, grpcHead(), proto());
      oneWaits();

      client.frame(RST_STREAM, 0, 1, CANCEL).flush();

      nothingIsLeft();
    }
  }

  @Test
  void anHttp2StreamThatIsResetWhileItsBodyWaits() throws Exception {
    try (RawHttp2 client = new RawHttp2(red.httpPort())) {
      byte[] body = json();
      byte[] head =
          head(
              ":method",
              "POST",
              ":scheme",
              "http",
              ":path",
              "/v1.0/state/s",
              ":authority",
              "x",
              "content-length",
              Integer.toString(body.length));
      begin(client, 1, head, body);
      oneWaits();

      client.frame(RST_STREAM, 0, 1, CANCEL).flush();

      nothingIsLeft();
    }
  }

  @Test
  void streamsThatAreResetWhileTheirBodyComes() throws Exception {
    hoard.give(26L * MIB);
    try (RawHttp2 client = new RawHttp2(red.grpcPort())) {
      for (int stream = 1; stream < 400; stream += 2) {
        client.frame(HEADERS, END_HEADERS, stream, grpcHead());
        client.frame(DATA, 0, stream, java.util.Arrays.copyOf(proto(), 20)).flush();
        client.frame(RST_STREAM, 0, stream, CANCEL).flush();
      }
      hoard.take(26L * MIB);
      nothingIsLeft();
    }
  }

  @Test
  void aConnectionThatClosesWithItsStreams() throws Exception {
    try (RawHttp2 client = new RawHttp2(red.grpcPort())) {
      begin(client, 1, grpcHead(), proto());
      oneWaits();
    }
    nothingIsLeft();
  }

  @Test
  void aSmallCallThatIsResetBeforeItBegan() throws Exception {
    hoard.take(2L * MIB - 2_048); // what a call needs at least is more
    byte[] message =
        SaveStateRequest.newBuilder()
            .setStoreName("s")
            .addStates(StateItem.newBuilder().setKey("k").setValue(ByteString.copyFromUtf8("1")))
            .build()
            .toByteArray();
    byte[] frame = new byte[message.length + 5];
    frame[4] = (byte) message.length;
    System.arraycopy(message, 0, frame, 5, message.length);
    try (RawHttp2 client = new RawHttp2(red.grpcPort())) {
      client.frame(HEADERS, END_HEADERS, 1, grpcHead());
      client.frame(DATA, END_STREAM, 1, frame).flush();
      oneWaits();

      client.frame(RST_STREAM, 0, 1, CANCEL).flush();

      await().until(() -> daemon.daemon().memory().waiting() == 0);
    }
    hoard.give(2L * MIB - 2_048);
    nothingIsLeft();
  }

  @Test
  void aCallWhoseTimeIsOverWhenItsTurnComes() throws Exception {
    try (RawHttp2 client = new RawHttp2(red.grpcPort())) {
      hoard.take(2L * MIB - 2_048); // what a call needs at least is more
      byte[] message = SaveStateRequest.newBuilder().setStoreName("s").build().toByteArray();
      byte[] frame = new byte[message.length + 5];
      frame[4] = (byte) message.length;
      System.arraycopy(message, 0, frame, 5, message.length);
      client.frame(HEADERS, END_HEADERS, 1, grpcHead("grpc-timeout", "100m"));
      client.frame(DATA, END_STREAM, 1, frame).flush();
      oneWaits();
      Thread.sleep(150);

      hoard.give(2L * MIB - 2_048);

      RawHttp2.Frame answer = client.await(HEADERS);
      assertThat(answer).isNotNull();
      assertThat(answer.flags() & END_STREAM).as("a status alone").isNotZero();
    }
    nothingIsLeft();
  }

  @Test
  void anHttp1ConnectionThatIsCutOffInTheMiddleOfItsBody() throws Exception {
    byte[] body = json();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", red.httpPort()), 5_000);
      socket
          .getOutputStream()
          .write(
              ("POST /v1.0/state/s HTTP/1.1\r\nHost: x\r\nContent-Length: "
                      + body.length
                      + "\r\n\r\n")
                  .getBytes(US_ASCII));
      socket.getOutputStream().write(body, 0, 10_000);
      oneWaits();
      socket.setSoLinger(true, 0);
    }
    // A connection that is not read tells of its end only when its call's patience with memory
    // ends.
    nothingIsLeftWithin(15);
  }
}
