package io.jitney.daemon.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dapr.client.DaprClient;
import io.dapr.client.DaprClientBuilder;
import io.dapr.client.DaprPreviewClient;
import io.dapr.config.Properties;
import io.dapr.utils.TypeRef;
import io.jitney.daemon.testing.DaemonExtension;
import io.jitney.daemon.testing.Sidecar;
import io.jitney.daemon.testing.SidecarSpec;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.Disposable;

/** Streams of two apps on one daemon, with the Dapr SDKs as they are. */
class SdkSubscribersIT {
  @RegisterExtension static final DaemonExtension DAEMON = DaemonExtension.inProcess();

  private static Sidecar open(String appId) {
    return DAEMON.open(SidecarSpec.app(appId).component("ps", "pubsub.in-memory"));
  }

  private static DaprClientBuilder client(Sidecar sidecar) {
    return new DaprClientBuilder()
        .withPropertyOverride(Properties.HTTP_PORT, Integer.toString(sidecar.httpPort()))
        .withPropertyOverride(Properties.GRPC_PORT, Integer.toString(sidecar.grpcPort()));
  }

  @Test
  void streamsOfTheJavaSdk() throws Exception {
    Sidecar a = open("java-a");
    Sidecar b = open("java-b");
    BlockingQueue<String> ofA = new LinkedBlockingQueue<>();
    BlockingQueue<String> ofB = new LinkedBlockingQueue<>();
    try (DaprClient publisher = client(a).build();
        DaprPreviewClient streamsA = client(a).buildPreviewClient();
        DaprPreviewClient streamsB = client(b).buildPreviewClient()) {
      Disposable onA = streamsA.subscribeToTopic("ps", "t", TypeRef.STRING).subscribe(ofA::add);
      Disposable onB = streamsB.subscribeToTopic("ps", "t", TypeRef.STRING).subscribe(ofB::add);
      awaitStreams(a);
      awaitStreams(b);

      for (int i = 0; i < 20; i++) {
        publisher.publishEvent("ps", "t", "event " + i, Map.of("k", "v")).block();
      }

      for (int i = 0; i < 20; i++) {
        assertThat(ofA.poll(10, TimeUnit.SECONDS)).isEqualTo("event " + i);
      }
      assertThat(ofB).isEmpty();
      onA.dispose();
      onB.dispose();
    }
  }

  private static void awaitStreams(Sidecar sidecar) throws InterruptedException {
    for (int i = 0; i < 200; i++) {
      if (sidecar.http().get("/v1.0/metadata").text().contains("STREAMING")) {
        return;
      }
      Thread.sleep(20);
    }
    throw new AssertionError("no stream of " + sidecar.appId());
  }

  @Test
  void streamsOfThePythonSdk() throws Exception {
    String python = Program.python();
    assumeTrue(
        Program.run(python, "-c", "import dapr.clients").code() == 0,
        "no python3 with the package dapr");
    Sidecar a = open("app-a");
    Sidecar b = open("app-b");

    Program.Ended ended =
        Program.run(
            python,
            "src/test/python/subscribers.py",
            Integer.toString(a.httpPort()),
            Integer.toString(a.grpcPort()),
            Integer.toString(b.httpPort()),
            Integer.toString(b.grpcPort()));

    assertThat(ended.output()).endsWith("ok\n");
  }
}
