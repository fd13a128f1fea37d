package io.jitney.components.state.redis;

import io.jitney.components.redis.SizedOutput;
import io.jitney.components.state.StateItem;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import io.netty.buffer.Unpooled;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The reply to HGETALL: takes {@code data} and {@code version} and copies nothing else. */
final class HashOutput extends CommandOutput<byte[], byte[], StateItem> implements SizedOutput {
  static final String INCOMPLETE = "required hash field 'data' or 'version' was not found";

  private static final byte[] DATA = {'d', 'a', 't', 'a'};
  private static final byte[] VERSION = {'v', 'e', 'r', 's', 'i', 'o', 'n'};

  private enum Field {
    DATA,
    VERSION,
    OTHER
  }

  private byte @Nullable [] data;
  private @Nullable String version;
  private @Nullable Field field;
  private boolean empty = true;

  HashOutput() {
    super(ByteArrayCodec.INSTANCE, StateItem.absent());
  }

  @Override
  public void multi(int count) {
    // names and values follow
  }

  @Override
  public void set(ByteBuffer bytes) {
    Field current = field;
    if (current == null) {
      empty = false;
      field =
          matches(bytes, DATA) ? Field.DATA : matches(bytes, VERSION) ? Field.VERSION : Field.OTHER;
      return;
    }
    switch (current) {
      case DATA -> {
        byte[] value = new byte[bytes.remaining()];
        bytes.get(value);
        data = value;
      }
      case VERSION -> version = StandardCharsets.UTF_8.decode(bytes).toString();
      case OTHER -> {}
    }
    field = null;
  }

  private static boolean matches(ByteBuffer bytes, byte[] name) {
    if (bytes.remaining() != name.length) {
      return false;
    }
    for (int i = 0; i < name.length; i++) {
      if (bytes.get(bytes.position() + i) != name[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public long bytes() {
    byte[] value = data;
    return value == null ? 0 : value.length;
  }

  @Override
  public boolean hasError() {
    return super.hasError() || (!empty && (data == null || version == null));
  }

  @Override
  public String getError() {
    return super.hasError() ? super.getError() : INCOMPLETE;
  }

  @Override
  public StateItem get() {
    byte[] value = data;
    return value == null
        ? StateItem.absent()
        : new StateItem(BufferInternal.buffer(Unpooled.wrappedBuffer(value)), version, Map.of());
  }
}
