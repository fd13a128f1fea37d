package io.jitney.components.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The reply to EXEC, of which only the first error matters. */
final class ExecOutput extends CommandOutput<byte[], byte[], @Nullable Void> {
  ExecOutput() {
    super(ByteArrayCodec.INSTANCE, null);
  }

  @Override
  public void set(ByteBuffer bytes) {
    // a result inside the array
  }

  @Override
  public void set(long number) {
    // a result inside the array
  }

  @Override
  public void multi(int count) {
    // the array itself
  }

  @Override
  public void setError(ByteBuffer bytes) {
    if (!hasError()) {
      super.setError(bytes);
    }
  }
}
