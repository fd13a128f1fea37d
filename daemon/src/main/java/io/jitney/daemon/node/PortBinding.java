package io.jitney.daemon.node;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Binds ports as daprd does: tries again for a while, since the previous holder (an earlier run of
 * the same app, most often) may only just be leaving. Blocks; for virtual threads.
 */
public final class PortBinding {
  /** The kernel answers at once; more than this means that the event loops are stuck. */
  private static final long BIND_SECONDS = 10;

  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 500;

  private final Node node;
  private final List<Context> loops;
  private final HttpServerOptions options;

  public PortBinding(Node node, List<Context> loops, HttpServerOptions options) {
    this.node = node;
    this.loops = loops;
    this.options = options;
  }

  /**
   * The address of a host as flags write it: "" is every interface, IPv4 and IPv6; brackets are
   * taken off.
   */
  static InetAddress address(String host) throws IOException {
    if (host.isEmpty()) {
      return InetAddress.getByAddress(new byte[4]); // the JDK binds this to :: where there is IPv6
    }
    String bare =
        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    return InetAddress.getByName(bare);
  }

  /**
   * Binds, trying again for {@code patienceMillis}.
   *
   * @throws IOException with Go's text, {@code listen tcp :3500: bind: address already in use}
   */
  public ListenerGroup bind(
      String host, int port, long patienceMillis, ListenerGroup.Handlers handlers)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMillis);
    long pause = FIRST_PAUSE_MILLIS;
    while (true) {
      try {
        InetAddress address = address(host);
        probe(address, port);
        return await(ListenerGroup.listen(node, loops, options, address, port, handlers));
      } catch (IOException | IllegalArgumentException failure) {
        if (failure instanceof IllegalArgumentException) { // port 70000: no time makes it better
          throw new IOException("listen tcp: address " + port + ": invalid port", failure);
        }
        if (System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pause) >= end) {
          throw new IOException(
              "listen tcp " + host + ":" + port + ": bind: " + reason(failure), failure);
        }
      }
      Thread.sleep(pause);
      pause = Math.min(pause * 3 / 2, LONGEST_PAUSE_MILLIS);
    }
  }

  /**
   * Vert.x keeps a server whose bind failed until its own end, so the port is tried without it
   * first.
   */
  private static void probe(InetAddress address, int port) throws IOException {
    InetSocketAddress where = new InetSocketAddress(address, port);
    if (port == 0) {
      return;
    }
    try (ServerSocketChannel probe = ServerSocketChannel.open()) {
      probe.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      probe.bind(where);
    }
  }

  /** Waits for the event loops. */
  public static ListenerGroup await(Future<ListenerGroup> listening)
      throws IOException, InterruptedException {
    try {
      return listening
          .toCompletionStage()
          .toCompletableFuture()
          .get(BIND_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException failure) {
      throw failure.getCause() instanceof IOException io ? io : new IOException(failure.getCause());
    } catch (TimeoutException stuck) {
      listening.onSuccess(late -> late.close(0));
      throw new IOException("no answer from the event loops", stuck);
    }
  }

  /** The system's reason in Go's words, which differ by the first letter. */
  public static String reason(Throwable failure) {
    String text = String.valueOf(failure.getMessage());
    int cut = text.indexOf(" (");
    String bare = cut > 0 ? text.substring(0, cut) : text;
    return bare.isEmpty()
        ? bare
        : bare.substring(0, 1).toLowerCase(Locale.ROOT) + bare.substring(1);
  }
}
