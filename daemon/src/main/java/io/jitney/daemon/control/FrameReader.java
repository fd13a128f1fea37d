package io.jitney.daemon.control;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * Takes frames off a blocking channel. One thread. Keeps no buffer between frames, so that a
 * thousand idle connections cost nothing.
 */
final class FrameReader {
  /** Bytes of type and payload together, either way. */
  static final int MAX_FRAME = 4 * 1024 * 1024;

  private final ReadableByteChannel channel;
  private final ByteBuffer header = ByteBuffer.allocate(5);

  FrameReader(ReadableByteChannel channel) {
    this.channel = channel;
  }

  /**
   * The next frame, or null when the other side closed between two frames.
   *
   * @throws ProtocolException on a length or type that cannot be, and on an end within a frame
   */
  @Nullable Frame read() throws IOException {
    header.clear();
    if (!fill(header)) {
      if (header.position() == 0) {
        return null;
      }
      throw new ProtocolException("the stream ended within a frame");
    }
    int length = header.getInt(0);
    FrameType type = FrameType.of(header.get(4));
    if (length < 1 || length > MAX_FRAME) {
      throw new ProtocolException(
          "a frame of "
              + Integer.toUnsignedString(length)
              + " bytes; allowed are 1 to "
              + MAX_FRAME);
    }
    ByteBuffer payload = ByteBuffer.allocate(length - 1);
    if (!fill(payload)) {
      throw new ProtocolException("the stream ended within a frame");
    }
    return new Frame(type, payload.array());
  }

  private boolean fill(ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        return false;
      }
    }
    return true;
  }
}
