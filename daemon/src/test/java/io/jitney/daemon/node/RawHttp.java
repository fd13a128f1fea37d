package io.jitney.daemon.node;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * One HTTP/1.1 connection, request by request: what is pinned to a connection shows only on the
 * same one.
 */
final class RawHttp implements AutoCloseable {
  private final Socket socket = new Socket();

  RawHttp(int port) throws IOException {
    this(port, "127.0.0.1");
  }

  /** From one of the many loopback addresses. */
  RawHttp(int port, String source) throws IOException {
    socket.bind(new InetSocketAddress(InetAddress.getByName(source), 0));
    socket.setSoTimeout(10_000);
    socket.connect(new InetSocketAddress("127.0.0.1", port), 5_000);
  }

  /** What came back: status, head and body. */
  record Answer(int status, String head, String body) {}

  Answer get(String path, String... headers) throws IOException {
    StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n");
    for (int i = 0; i < headers.length; i += 2) {
      request.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
    }
    return send(request.append("\r\n").toString());
  }

  /** Sends these bytes and reads one answer, whether or not the request is complete. */
  Answer send(String bytes) throws IOException {
    socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
    socket.getOutputStream().flush();
    String head = head();
    int length = 0;
    for (String line : head.split("\r\n")) {
      if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(line.substring(15).strip());
      }
    }
    String body = new String(socket.getInputStream().readNBytes(length), ISO_8859_1);
    return new Answer(Integer.parseInt(head.split(" ")[1]), head, body);
  }

  private String head() throws IOException {
    InputStream in = socket.getInputStream();
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("closed after: " + head);
      }
      head.write(next);
    }
    return head.toString(ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
