package io.jitney.daemon.invoke;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

class FrameGuardTest {
  @Test
  void messagesUpToTheLimitPassInPiecesOfAnySize() {
    Buffer stream = frame(100).appendBuffer(frame(0)).appendBuffer(frame(99));
    for (int piece = 1; piece <= stream.length(); piece++) {
      FrameGuard guard = new FrameGuard(100);
      for (int at = 0; at < stream.length(); at += piece) {
        assertThat(guard.oversized(stream.slice(at, Math.min(at + piece, stream.length()))))
            .isEqualTo(-1);
      }
    }
  }

  @Test
  void aMessageOverTheLimitIsNoticedByItsPrefix() {
    FrameGuard guard = new FrameGuard(100);
    assertThat(guard.oversized(frame(50))).isEqualTo(-1);
    assertThat(guard.oversized(frame(101).slice(0, 3))).isEqualTo(-1);
    assertThat(guard.oversized(frame(101).slice(3, 5))).isEqualTo(101);
  }

  @Test
  void aSizeOfAllBitsIsALargeNumber() {
    FrameGuard guard = new FrameGuard(100);
    assertThat(guard.oversized(Buffer.buffer(new byte[] {0, -1, -1, -1, -1})))
        .isEqualTo(0xffffffffL);
  }

  @Test
  void withoutALimitEverythingPasses() {
    assertThat(new FrameGuard(0).oversized(frame(1_000))).isEqualTo(-1);
  }

  private static Buffer frame(int size) {
    return Buffer.buffer().appendByte((byte) 0).appendInt(size).appendBytes(new byte[size]);
  }
}
