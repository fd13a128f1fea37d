package io.jitney.daemon.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameTest {
  @ParameterizedTest
  @EnumSource(FrameType.class)
  void isReadAsItWasWritten(FrameType type) throws Exception {
    Frame frame = new Frame(type, "payload".getBytes(UTF_8));

    FrameReader reader = reader(bytes(frame, new Frame(type, new byte[0])));

    assertThat(reader.read()).isEqualTo(frame);
    assertThat(reader.read()).isEqualTo(new Frame(type, new byte[0]));
    assertThat(reader.read()).isNull();
  }

  @Test
  void hasTheBytesThatTheLaunchersKnow() throws Exception {
    assertThat(bytes(new Frame(FrameType.SIGNAL, ControlSignal.TERM.encode())))
        .containsExactly(0, 0, 0, 5, 'S', 'T', 'E', 'R', 'M');
  }

  @Test
  void isPutTogetherFromSmallPieces() throws Exception {
    byte[] bytes = bytes(new Frame(FrameType.STDOUT, "log".getBytes(UTF_8)));
    ReadableByteChannel oneByOne = Channels.newChannel(new OneByteAtATime(bytes));

    assertThat(new FrameReader(oneByOne).read())
        .isEqualTo(new Frame(FrameType.STDOUT, "log".getBytes(UTF_8)));
  }

  @Test
  void endWithinIsAnError() throws Exception {
    byte[] bytes = bytes(new Frame(FrameType.STDOUT, "log".getBytes(UTF_8)));

    for (int length = 1; length < bytes.length; length++) {
      FrameReader reader = reader(Arrays.copyOf(bytes, length));
      assertThatThrownBy(reader::read)
          .isInstanceOf(ProtocolException.class)
          .hasMessageContaining("within a frame");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, FrameReader.MAX_FRAME + 1, Integer.MAX_VALUE})
  void impossibleLengthIsRefusedBeforeAnythingIsAllocated(int length) {
    byte[] header = ByteBuffer.allocate(5).putInt(length).put((byte) 'O').array();

    assertThatThrownBy(() -> reader(header).read())
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("allowed");
  }

  @Test
  void longestIsReadAndLongerIsNotWritten() throws Exception {
    Frame longest = new Frame(FrameType.OPEN, new byte[FrameReader.MAX_FRAME - 1]);

    assertThat(reader(bytes(longest)).read()).isEqualTo(longest);
    assertThatThrownBy(() -> bytes(new Frame(FrameType.OPEN, new byte[FrameReader.MAX_FRAME])))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void unknownTypeIsRefused() {
    assertThatThrownBy(() -> reader(new byte[] {0, 0, 0, 1, 'Z'}).read())
        .isInstanceOf(ProtocolException.class)
        .hasMessage("unknown frame type 90");
  }

  @Test
  void textHidesThePayload() {
    assertThat(new Frame(FrameType.OPEN, "TOKEN=secret".getBytes(UTF_8)).toString())
        .doesNotContain("secret");
  }

  @Test
  void signalsAreKnownByName() throws Exception {
    for (ControlSignal signal : ControlSignal.values()) {
      assertThat(ControlSignal.parse(signal.encode())).isEqualTo(signal);
    }
    assertThatThrownBy(() -> ControlSignal.parse("KILL".getBytes(UTF_8)))
        .isInstanceOf(ProtocolException.class);
  }

  private static byte[] bytes(Frame... frames) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    FrameWriter writer = new FrameWriter(Channels.newChannel(bytes));
    for (Frame frame : frames) {
      writer.write(frame);
    }
    return bytes.toByteArray();
  }

  private static FrameReader reader(byte[] bytes) {
    return new FrameReader(Channels.newChannel(new ByteArrayInputStream(bytes)));
  }

  private static final class OneByteAtATime extends ByteArrayInputStream {
    OneByteAtATime(byte[] bytes) {
      super(bytes);
    }

    @Override
    public synchronized int read(byte[] to, int offset, int length) {
      return super.read(to, offset, Math.min(1, length));
    }
  }
}
