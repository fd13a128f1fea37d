package io.jitney.daemon.connection;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;

/** HTTP/2 by hand: sends whatever frames it is told, right or wrong. */
final class RawHttp2 implements AutoCloseable {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;
  static final int ACK = 1;
  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;

  private final Socket socket = new Socket();
  private final OutputStream out;
  private final DataInputStream in;

  RawHttp2(int port) throws IOException {
    this(port, 0);
  }

  /**
   * @param receiveBuffer bytes; 0: the system's choice
   */
  RawHttp2(int port, int receiveBuffer) throws IOException {
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.setSoTimeout(20_000);
    socket.connect(new InetSocketAddress("127.0.0.1", port), 5_000);
    out = new BufferedOutputStream(socket.getOutputStream(), 64 * 1024);
    in = new DataInputStream(socket.getInputStream());
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
    frame(SETTINGS, 0, 0, new byte[0]);
    flush();
  }

  /** A frame that came. */
  record Frame(int type, int flags, int stream, byte[] payload) {
    /** Error code of a GOAWAY. */
    int errorCode() {
      return ByteBuffer.wrap(payload).getInt(4);
    }

    /** What a GOAWAY says beside its code. */
    String debug() {
      return new String(payload, 8, payload.length - 8, US_ASCII);
    }
  }

  RawHttp2 frame(int type, int flags, int stream, byte[] payload) throws IOException {
    return frame(type, flags, stream, payload, payload.length);
  }

  /** With a length that may be a lie. */
  RawHttp2 frame(int type, int flags, int stream, byte[] payload, int length) throws IOException {
    byte[] header = new byte[9];
    header[0] = (byte) (length >>> 16);
    header[1] = (byte) (length >>> 8);
    header[2] = (byte) length;
    header[3] = (byte) type;
    header[4] = (byte) flags;
    ByteBuffer.wrap(header).putInt(5, stream);
    out.write(header);
    out.write(payload);
    return this;
  }

  RawHttp2 flush() throws IOException {
    out.flush();
    return this;
  }

  /** A head of literal fields: no compression. */
  static byte[] head(String... fields) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (int i = 0; i < fields.length; i += 2) {
      block.write(0);
      text(block, fields[i]);
      text(block, fields[i + 1]);
    }
    return block.toByteArray();
  }

  private static void text(ByteArrayOutputStream block, String text) {
    byte[] bytes = text.getBytes(US_ASCII);
    if (bytes.length < 127) {
      block.write(bytes.length);
    } else {
      block.write(127);
      int rest = bytes.length - 127;
      while (rest >= 128) {
        block.write(rest % 128 + 128);
        rest /= 128;
      }
      block.write(rest);
    }
    block.writeBytes(bytes);
  }

  /** A request without body. */
  RawHttp2 get(int stream, String path) throws IOException {
    byte[] head = head(":method", "GET", ":scheme", "http", ":path", path, ":authority", "x");
    return frame(HEADERS, END_HEADERS | END_STREAM, stream, head);
  }

  /** The next frame; null when the connection is closed. Answers settings. */
  @org.jspecify.annotations.Nullable
  Frame read() throws IOException {
    try {
      byte[] header = in.readNBytes(9);
      if (header.length < 9) {
        return null;
      }
      int length = (header[0] & 0xFF) << 16 | (header[1] & 0xFF) << 8 | header[2] & 0xFF;
      byte[] payload = new byte[length];
      in.readFully(payload);
      Frame frame = new Frame(header[3], header[4], ByteBuffer.wrap(header).getInt(5), payload);
      if (frame.type() == SETTINGS && (frame.flags() & ACK) == 0) {
        frame(SETTINGS, ACK, 0, new byte[0]).flush();
      }
      return frame;
    } catch (EOFException | SocketException closed) {
      return null;
    }
  }

  /** Reads up to a frame of that type; null when the connection is closed before. */
  @org.jspecify.annotations.Nullable
  Frame await(int type) throws IOException {
    while (true) {
      Frame frame = read();
      if (frame == null || frame.type() == type) {
        return frame;
      }
    }
  }

  /** Reads to the end; the last GOAWAY, or null if there was none. Fails if nobody closes. */
  @org.jspecify.annotations.Nullable
  Frame awaitClosed() throws IOException {
    Frame last = null;
    while (true) {
      Frame frame = read();
      if (frame == null) {
        return last;
      }
      if (frame.type() == GOAWAY) {
        last = frame;
      }
    }
  }

  Socket socket() {
    return socket;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
