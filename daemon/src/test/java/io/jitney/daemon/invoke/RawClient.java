package io.jitney.daemon.invoke;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** HTTP/1.1 byte by byte, for what an ordinary client hides: chunks, resets, half answers. */
final class RawClient implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  RawClient(int port) throws IOException {
    socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(10_000);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  RawClient send(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
    return this;
  }

  RawClient sendChunk(byte[] data) throws IOException {
    send(Integer.toHexString(data.length) + "\r\n");
    out.write(data);
    return send("\r\n");
  }

  /** Status line and headers, line ends kept. */
  String head() throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("the connection ended after: " + head);
      }
      head.write(b);
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }

  /** One chunk; empty for the last one; null when the connection ended before. */
  byte[] chunk() throws IOException {
    StringBuilder size = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        return null;
      }
      if (b != '\r') {
        size.append((char) b);
      }
    }
    byte[] data = in.readNBytes(Integer.parseInt(size.toString(), 16));
    in.readNBytes(2);
    return data;
  }

  byte[] read(int bytes) throws IOException {
    return in.readNBytes(bytes);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
