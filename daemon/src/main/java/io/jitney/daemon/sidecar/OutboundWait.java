package io.jitney.daemon.sidecar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.jitney.daemon.control.ControlSignal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * {@code --wait}: asks a sidecar's port until it is ready for outbound calls, for a minute at most.
 */
final class OutboundWait {
  private static final long LIMIT_SECONDS = 60;
  private static final int REQUEST_MILLIS = 500;
  private static final long PAUSE_MILLIS = 100;
  private static final int SIGNALLED = 128;

  private final SidecarOutput output;
  private final BlockingQueue<SidecarEvent> events;

  OutboundWait(SidecarOutput output, BlockingQueue<SidecarEvent> events) {
    this.output = output;
    this.events = events;
  }

  /** Exit code 0, also when the time is over, as daprd's. */
  int run(String port) {
    String url = "http://localhost:" + port + "/v1.0/healthz/outbound";
    say(
        "Waiting for Dapr to be outbound ready (timeout: "
            + LIMIT_SECONDS
            + " seconds): url="
            + url
            + "\n");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    long lastSaid = Long.MIN_VALUE;
    String problem = "";
    while (System.nanoTime() < end) {
      problem = ask(port);
      if (problem.isEmpty()) {
        say("Dapr is outbound ready!");
        return 0;
      }
      if (lastSaid == Long.MIN_VALUE
          || System.nanoTime() - lastSaid > TimeUnit.SECONDS.toNanos(1)) {
        lastSaid = System.nanoTime();
        say("Dapr outbound NOT ready yet: " + problem);
      }
      try {
        SidecarEvent event = events.poll(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        if (event instanceof SidecarEvent.Signalled(ControlSignal signal)) {
          return SIGNALLED + number(signal);
        }
        if (event != null) {
          return 1;
        }
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
        return 1;
      }
    }
    say("timeout waiting for Dapr to become outbound ready. Last error: " + problem);
    return 0;
  }

  /** "" when it is ready, or why not. */
  private static String ask(String port) {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(REQUEST_MILLIS);
      socket.connect(new InetSocketAddress("localhost", Integer.parseInt(port)), REQUEST_MILLIS);
      String request =
          "GET /v1.0/healthz/outbound HTTP/1.1\r\nHost: localhost:"
              + port
              + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      String status =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1)).readLine();
      if (status == null) {
        return "EOF";
      }
      return status.startsWith("HTTP/1.1 204")
          ? ""
          : "HTTP status code " + status.substring("HTTP/1.1 ".length());
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException failure) {
      return String.valueOf(failure.getMessage());
    }
  }

  private void say(String line) {
    output.stderr((line + "\n").getBytes(UTF_8));
  }

  /** What a shell reports of a process that died of the signal, less 128. */
  private static int number(ControlSignal signal) {
    return switch (signal) {
      case HUP -> 1;
      case INT -> 2;
      case TERM -> 15;
    };
  }
}
