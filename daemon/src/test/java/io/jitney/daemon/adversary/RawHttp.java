package io.jitney.daemon.adversary;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;

/** HTTP/1.1 byte by byte, as no ordinary client speaks it. */
final class RawHttp implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 2_000;

  private final Socket socket = new Socket();

  RawHttp(int port) throws IOException {
    this("127.0.0.1", "127.0.0.1", port);
  }

  /**
   * @param source one of the many loopback addresses to come from
   */
  RawHttp(String source, String host, int port) throws IOException {
    socket.bind(new InetSocketAddress(InetAddress.getByName(source), 0));
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.connect(new InetSocketAddress(InetAddress.getByName(host), port), PATIENCE_MILLIS);
  }

  /** A head that asks for the connection's end; {@code headers} are whole lines. */
  static String head(String requestLine, String... headers) {
    StringBuilder head = new StringBuilder(requestLine).append(" HTTP/1.1\r\nHost: localhost\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    return head.append("Connection: close\r\n\r\n").toString();
  }

  /** One request on a connection of its own. */
  static Reply ask(int port, String requestLine, String... headers) throws IOException {
    return exchange(port, head(requestLine, headers));
  }

  /** Sends bytes on a connection of their own and reads until it ends. */
  static Reply exchange(int port, String bytes) throws IOException {
    try (RawHttp connection = new RawHttp(port)) {
      return connection.send(bytes).toTheEnd();
    }
  }

  /** A request with a body. */
  static String withBody(String requestLine, String body, String... headers) {
    String[] more = java.util.Arrays.copyOf(headers, headers.length + 1);
    more[headers.length] = "Content-Length: " + body.length();
    return head(requestLine, more) + body;
  }

  RawHttp send(String bytes) throws IOException {
    try {
      socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
      socket.getOutputStream().flush();
    } catch (SocketException refused) {
      // What the server said before it hung up is still there to read.
    }
    return this;
  }

  /** Everything until the server closes, or says nothing more for a while. */
  Reply toTheEnd() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    InputStream in = socket.getInputStream();
    byte[] piece = new byte[8192];
    try {
      for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
        all.write(piece, 0, length);
      }
    } catch (SocketTimeoutException | SocketException over) {
      // That was all.
    }
    return reply(all.toString(ISO_8859_1));
  }

  /** One answer with a length, on a connection that stays. */
  Reply one() throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    InputStream in = socket.getInputStream();
    while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = -1;
      try {
        next = in.read();
      } catch (SocketTimeoutException | SocketException over) {
        // As at the end.
      }
      if (next < 0) {
        return reply(head.toString(ISO_8859_1));
      }
      head.write(next);
    }
    String text = head.toString(ISO_8859_1);
    int length = 0;
    for (String line : text.split("\r\n")) {
      if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
        length = Integer.parseInt(line.substring(15).strip());
      }
    }
    return reply(text + new String(in.readNBytes(length), ISO_8859_1));
  }

  private static Reply reply(String text) {
    boolean http = text.startsWith("HTTP/1.") && text.length() > 12;
    return new Reply(http ? Integer.parseInt(text.substring(9, 12)) : Reply.NONE, text);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
