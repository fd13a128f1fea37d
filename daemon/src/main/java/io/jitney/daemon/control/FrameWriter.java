package io.jitney.daemon.control;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Puts frames on a blocking channel, each completely. One thread at a time. */
final class FrameWriter {
  private final WritableByteChannel channel;

  FrameWriter(WritableByteChannel channel) {
    this.channel = channel;
  }

  /** Returns when the kernel has taken the whole frame. */
  void write(Frame frame) throws IOException {
    int length = frame.size() + 1;
    if (length > FrameReader.MAX_FRAME) {
      throw new ProtocolException(
          "a frame of " + length + " bytes; allowed are " + FrameReader.MAX_FRAME);
    }
    ByteBuffer bytes = ByteBuffer.allocate(4 + length);
    bytes.putInt(length).put(frame.type().letter()).put(frame.payload()).flip();
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
