package io.jitney.daemon.adversary;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.protobuf.Message;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** HTTP/2 without TLS, frame by frame: any pseudo header, any value, any order. */
final class RawHttp2 implements AutoCloseable {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int PRIORITY = 32;

  private final Socket socket = new Socket();
  private final DataInputStream in;
  private final DataOutputStream out;
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
  private final Map<Integer, StringBuilder> streams = new HashMap<>();
  private final Set<Integer> ended = new HashSet<>();
  private int lastStream = -1;

  RawHttp2(int port) throws IOException {
    socket.setSoTimeout(3_000);
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress("127.0.0.1", port), 2_000);
    in = new DataInputStream(socket.getInputStream());
    out = new DataOutputStream(socket.getOutputStream());
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1));
    frame(SETTINGS, 0, 0, new byte[0]);
  }

  /** A connection of HTTP/1.1 that becomes one of HTTP/2: its request is stream 1. */
  RawHttp2(int port, String upgrade) throws IOException {
    socket.setSoTimeout(3_000);
    socket.connect(new InetSocketAddress("127.0.0.1", port), 2_000);
    in = new DataInputStream(socket.getInputStream());
    out = new DataOutputStream(socket.getOutputStream());
    out.write(upgrade.getBytes(ISO_8859_1));
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.readUnsignedByte());
    }
    if (head.indexOf(" 101 ") < 0) {
      throw new IOException("no upgrade: " + head);
    }
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1));
    frame(SETTINGS, 0, 0, new byte[0]);
    lastStream = 1;
  }

  /** One unary gRPC call on a connection of its own. */
  static Reply grpc(int port, String path, Message message, String... metadata) throws IOException {
    try (RawHttp2 connection = new RawHttp2(port)) {
      return connection.grpc(path, message, metadata);
    }
  }

  /** One request on a connection of its own: all headers, pseudo ones too, names and values. */
  static Reply ask(int port, byte[] body, String... headers) throws IOException {
    try (RawHttp2 connection = new RawHttp2(port)) {
      int stream = connection.open(body.length == 0, headers);
      if (body.length > 0) {
        connection.data(stream, body, true);
      }
      return connection.reply(stream);
    }
  }

  Reply grpc(String path, Message message, String... metadata) throws IOException {
    String[] headers = new String[12 + metadata.length];
    String[] fixed = {
      ":method",
      "POST",
      ":scheme",
      "http",
      ":path",
      path,
      ":authority",
      "localhost",
      "content-type",
      "application/grpc",
      "te",
      "trailers"
    };
    System.arraycopy(fixed, 0, headers, 0, 12);
    System.arraycopy(metadata, 0, headers, 12, metadata.length);
    int stream = open(false, headers);
    data(stream, framed(message), true);
    return reply(stream);
  }

  /** As a gRPC message goes over the wire. */
  static byte[] framed(Message message) {
    byte[] bytes = message.toByteArray();
    return java.nio.ByteBuffer.allocate(bytes.length + 5)
        .put((byte) 0)
        .putInt(bytes.length)
        .put(bytes)
        .array();
  }

  /** Opens the next stream. */
  int open(boolean last, String... headers) throws IOException {
    lastStream += 2;
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (int i = 0; i < headers.length; i += 2) {
      block.write(0); // literal, never indexed, no Huffman code
      string(block, headers[i]);
      string(block, headers[i + 1]);
    }
    frame(HEADERS, END_HEADERS | (last ? END_STREAM : 0), lastStream, block.toByteArray());
    return lastStream;
  }

  void data(int stream, byte[] bytes, boolean last) throws IOException {
    frame(DATA, last ? END_STREAM : 0, stream, bytes);
  }

  private static void string(ByteArrayOutputStream block, String text) {
    byte[] bytes = text.getBytes(ISO_8859_1);
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

  private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(payload.length >> 16);
    bytes.write(payload.length >> 8);
    bytes.write(payload.length);
    bytes.write(type);
    bytes.write(flags);
    for (int shift = 24; shift >= 0; shift -= 8) {
      bytes.write(stream >> shift);
    }
    bytes.writeBytes(payload);
    try {
      out.write(bytes.toByteArray());
      out.flush();
    } catch (java.net.SocketException hungUp) {
      // What was said before is still there to read.
    }
  }

  /** Reads until that stream has ended, one way or another. */
  Reply reply(int stream) throws IOException {
    try {
      while (!ended.contains(stream)) {
        read();
      }
    } catch (java.io.EOFException | java.net.SocketException | java.net.SocketTimeoutException e) {
      // That was all.
    } catch (Http2Exception unreadable) {
      throw new IOException(unreadable);
    }
    String text = streams.getOrDefault(stream, new StringBuilder()).toString();
    return new Reply(status(text), text);
  }

  private void read() throws IOException, Http2Exception {
    int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readInt() & 0x7fffffff;
    byte[] payload = in.readNBytes(length);
    StringBuilder text = streams.computeIfAbsent(stream, first -> new StringBuilder());
    switch (type) {
      case HEADERS -> {
        int skip = (flags & PRIORITY) == 0 ? 0 : 5;
        Http2Headers headers =
            decoder.decodeHeaders(stream, Unpooled.wrappedBuffer(payload, skip, length - skip));
        headers.forEach(
            h -> text.append(h.getKey()).append(": ").append(h.getValue()).append('\n'));
      }
      case DATA -> text.append(new String(payload, ISO_8859_1)).append('\n');
      case RST_STREAM -> ended.add(stream);
      case GOAWAY -> throw new java.io.EOFException();
      case SETTINGS -> {
        if (flags == 0) {
          frame(SETTINGS, 1, 0, new byte[0]);
        }
      }
      case PING -> {
        if (flags == 0) {
          frame(PING, 1, 0, payload);
        }
      }
      default -> {}
    }
    if ((type == HEADERS || type == DATA) && (flags & END_STREAM) != 0) {
      ended.add(stream);
    }
  }

  private static int status(String text) {
    for (String name : new String[] {"grpc-status: ", ":status: "}) {
      int at = text.indexOf(name);
      if (at >= 0) {
        return Integer.parseInt(text.substring(at + name.length(), text.indexOf('\n', at)));
      }
    }
    return Reply.NONE;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
