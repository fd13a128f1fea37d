package io.jitney.daemon.adversary;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** An app that answers byte by byte as it likes; {@code /dapr/} is not found unless it says so. */
final class HostileApp implements AutoCloseable {
  /** What it does with a call. */
  @FunctionalInterface
  interface Answer {
    /**
     * Answers.
     *
     * @return whether it goes on with this connection
     */
    boolean write(String path, OutputStream out) throws Exception;
  }

  private final ServerSocket server = new ServerSocket(0, 512, InetAddress.getByName("127.0.0.1"));
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger calls = new AtomicInteger();
  private final byte[] subscriptions;
  private final Answer answer;

  /**
   * @param subscriptions answer to {@code /dapr/subscribe}; "": {@code answer} has one
   */
  HostileApp(String subscriptions, Answer answer) throws IOException {
    this.subscriptions = subscriptions.replace('\'', '"').getBytes(ISO_8859_1);
    this.answer = answer;
    Thread.ofPlatform().daemon().start(this::accept);
  }

  /** A whole answer. */
  static byte[] ok(String body) {
    return ("HTTP/1.1 200 OK\r\ncontent-length: " + body.length() + "\r\n\r\n" + body)
        .getBytes(ISO_8859_1);
  }

  int port() {
    return server.getLocalPort();
  }

  /** Calls that were answered by {@code answer} so far, or are being answered. */
  int calls() {
    return calls.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        open.add(socket);
        Thread.ofPlatform().daemon().start(() -> serve(socket));
      }
    } catch (IOException closed) {
      // that was all
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      OutputStream out = socket.getOutputStream();
      String path = request(in);
      while (path != null) {
        if (path.equals("/dapr/subscribe") && subscriptions.length > 0) {
          out.write(ok(new String(subscriptions, ISO_8859_1)));
        } else if (path.startsWith("/dapr/config")) {
          out.write("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".getBytes(ISO_8859_1));
        } else {
          calls.incrementAndGet();
          if (!answer.write(path, out)) {
            return;
          }
        }
        out.flush();
        path = request(in);
      }
    } catch (Exception gone) {
      // the daemon had enough of it
    } finally {
      open.remove(socket);
    }
  }

  /** Reads one whole; null: there is none. */
  private static String request(DataInputStream in) throws IOException {
    String first = line(in);
    if (first.isEmpty()) {
      return null;
    }
    int length = 0;
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(line.substring(15).strip());
      }
    }
    in.skipNBytes(length);
    return first.split(" ")[1];
  }

  private static String line(DataInputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
