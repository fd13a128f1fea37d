package io.jitney.components.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy in front of a server on this host that delays answers, or stops giving any on the
 * connections there are.
 */
public final class SlowProxy implements AutoCloseable {
  private record Chunk(byte[] bytes, long dueNanos) {}

  private static final class Link {
    final Socket client;
    final Socket server;
    volatile boolean frozen;

    Link(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }
  }

  private final ServerSocket listener;
  private final int target;
  private final List<Link> links = new CopyOnWriteArrayList<>();
  private final AtomicInteger accepted = new AtomicInteger();
  private volatile long delayNanos;

  /** Forwards to that port of this host; the delay is zero. */
  public SlowProxy(int target) {
    this.target = target;
    try {
      listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  public String address() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  /** How long every answer takes more, from now on. */
  public void delay(long millis) {
    delayNanos = TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /** Connections accepted so far. */
  public int accepted() {
    return accepted.get();
  }

  /** Nothing comes back any more on the connections there are; new ones are as before. */
  public void freeze() {
    links.forEach(link -> link.frozen = true);
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        accepted.incrementAndGet();
        Socket server = connect();
        if (server == null) {
          client.close();
          continue;
        }
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        Link link = new Link(client, server);
        links.add(link);
        BlockingQueue<Chunk> answers = new LinkedBlockingQueue<>();
        Thread.ofVirtual().start(() -> forward(link));
        Thread.ofVirtual().start(() -> read(link, answers));
        Thread.ofVirtual().start(() -> write(link, answers));
      }
    } catch (IOException e) {
      close();
    }
  }

  private @Nullable Socket connect() {
    try {
      return new Socket(InetAddress.getLoopbackAddress(), target);
    } catch (IOException e) {
      return null; // the server is down
    }
  }

  private void forward(Link link) {
    try (link.client;
        link.server) {
      link.client.getInputStream().transferTo(link.server.getOutputStream());
    } catch (IOException e) {
      // one end closed
    } finally {
      links.remove(link);
    }
  }

  private void read(Link link, BlockingQueue<Chunk> answers) {
    try {
      InputStream in = link.server.getInputStream();
      byte[] buffer = new byte[64 * 1024];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        byte[] bytes = java.util.Arrays.copyOf(buffer, n);
        answers.add(new Chunk(bytes, System.nanoTime() + delayNanos));
      }
    } catch (IOException e) {
      // one end closed
    } finally {
      answers.add(new Chunk(new byte[0], 0));
    }
  }

  private static void write(Link link, BlockingQueue<Chunk> answers) {
    try (link.client;
        link.server) {
      OutputStream out = link.client.getOutputStream();
      for (Chunk chunk = answers.take(); chunk.bytes.length > 0; chunk = answers.take()) {
        TimeUnit.NANOSECONDS.sleep(chunk.dueNanos - System.nanoTime());
        if (!link.frozen) {
          out.write(chunk.bytes);
        }
      }
    } catch (IOException e) {
      // one end closed
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (Link link : links) {
        link.client.close();
        link.server.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
