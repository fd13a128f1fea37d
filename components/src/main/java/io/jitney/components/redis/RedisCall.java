package io.jitney.components.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One command. Written straight into the connection's buffer, without copies of its arguments, and
 * completed once. Made for one use, on one loop.
 *
 * @param <T> the reply as its output decodes it
 */
public final class RedisCall<T extends @Nullable Object> extends Command<byte[], byte[], T>
    implements RedisWork {
  /** Our own keyword: Lettuce must not keep books about MULTI, which it would for its own. */
  private static final ProtocolKeyword KEYWORD =
      new ProtocolKeyword() {
        @Override
        public byte[] getBytes() {
          return new byte[] {'C', 'A', 'L', 'L'};
        }

        @Override
        public String toString() {
          return "CALL"; // never the arguments: they are the tenants' data
        }
      };

  private static final int NO_KEY = -1;

  private final Supplier<? extends CommandOutput<byte[], byte[], T>> outputs;
  private final boolean safeToRepeat;
  private final int keyAt;
  private final Object[] words;

  private @Nullable Promise<T> promise;
  private @Nullable RedisLoop loop;
  private @Nullable RedisTransaction transaction;
  private long deadlineNanos;
  private long sentNanos;
  private int attempt;
  private boolean written;
  private boolean finished;

  private RedisCall(
      Supplier<? extends CommandOutput<byte[], byte[], T>> outputs,
      boolean safeToRepeat,
      int keyAt,
      Object[] words) {
    super(KEYWORD, outputs.get());
    this.outputs = outputs;
    this.safeToRepeat = safeToRepeat;
    this.keyAt = keyAt;
    this.words = words;
  }

  /**
   * A command that may be sent again when its answer was lost: it only reads.
   *
   * @param keyAt index of the key in {@code words}; routes the call in a cluster
   * @param words command and arguments: String, byte[] or Buffer
   */
  public static <T extends @Nullable Object> RedisCall<T> read(
      Supplier<? extends CommandOutput<byte[], byte[], T>> output, int keyAt, Object... words) {
    return new RedisCall<>(output, true, keyAt, words);
  }

  /**
   * A command that changes something: it is sent again only when the server has certainly not
   * executed it.
   */
  public static <T extends @Nullable Object> RedisCall<T> write(
      Supplier<? extends CommandOutput<byte[], byte[], T>> output, int keyAt, Object... words) {
    return new RedisCall<>(output, false, keyAt, words);
  }

  /** A command about the server and not about a key. */
  public static <T extends @Nullable Object> RedisCall<T> server(
      Supplier<? extends CommandOutput<byte[], byte[], T>> output, Object... words) {
    return new RedisCall<>(output, true, NO_KEY, words);
  }

  void start(Promise<T> answer, long deadline, RedisLoop runsOn) {
    promise = answer;
    deadlineNanos = deadline;
    loop = runsOn;
  }

  void startIn(RedisTransaction owner) {
    transaction = owner;
  }

  /** A fresh call with the same words: Lettuce uses a command once. */
  RedisCall<T> copy() {
    RedisCall<T> copy = new RedisCall<>(outputs, safeToRepeat, keyAt, words);
    copy.promise = promise;
    copy.deadlineNanos = deadlineNanos;
    copy.loop = loop;
    copy.attempt = attempt + 1;
    return copy;
  }

  @Nullable String key() {
    return keyAt == NO_KEY ? null : (String) words[keyAt];
  }

  @Override
  public void encode(ByteBuf out) {
    written = true;
    out.writeByte('*');
    writeNumber(out, words.length);
    for (Object word : words) {
      out.writeByte('$');
      switch (word) {
        case String text -> {
          writeNumber(out, ByteBufUtil.utf8Bytes(text));
          ByteBufUtil.writeUtf8(out, text);
        }
        case byte[] bytes -> {
          writeNumber(out, bytes.length);
          out.writeBytes(bytes);
        }
        case Buffer buffer -> {
          ByteBuf bytes = ((BufferInternal) buffer).getByteBuf();
          writeNumber(out, bytes.readableBytes());
          out.writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
        }
        default -> throw new IllegalArgumentException(word.getClass().getName());
      }
      writeLineEnd(out);
    }
  }

  private static void writeNumber(ByteBuf out, int number) {
    if (number < 10) {
      out.writeByte('0' + number);
    } else {
      ByteBufUtil.writeAscii(out, Integer.toString(number));
    }
    writeLineEnd(out);
  }

  private static void writeLineEnd(ByteBuf out) {
    out.writeShort(('\r' << 8) | '\n');
  }

  /** Only Lettuce's cluster routing asks; it reads the key and nothing else. */
  @Override
  public @Nullable CommandArgs<byte[], byte[]> getArgs() {
    String key = key();
    return key == null
        ? null
        : new CommandArgs<>(ByteArrayCodec.INSTANCE).addKey(key.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void complete() {
    RedisTransaction owner = transaction;
    Promise<T> answer = promise;
    if (owner != null) {
      finished = true;
      owner.replied(this);
    } else if (getOutput().hasError()) {
      fail(RedisFailure.answered(getOutput().getError()));
    } else if (!finished) {
      finished = true;
      if (answer != null) {
        answer.tryComplete(getOutput().get());
      }
    }
  }

  @Override
  public boolean completeExceptionally(Throwable problem) {
    // Lettuce lost the connection, or never had it.
    boolean first = !isDone();
    RedisFailure failure =
        written
            ? new RedisFailure(RedisFailure.Kind.UNKNOWN, "EOF")
            : new RedisFailure(RedisFailure.Kind.NOT_EXECUTED, "redis: not connected");
    RedisTransaction owner = transaction;
    if (owner == null) {
      fail(failure);
    } else {
      finished = true;
      owner.fail(failure);
    }
    return first;
  }

  @Override
  public void cancel() {
    completeExceptionally(new IllegalStateException("cancelled"));
  }

  @Override
  public void fail(RedisFailure failure) {
    if (finished) {
      return;
    }
    finished = true;
    RedisLoop again = loop;
    Promise<T> answer = promise;
    boolean repeatable =
        failure.kind() == RedisFailure.Kind.NOT_EXECUTED
            || (safeToRepeat && failure.kind() == RedisFailure.Kind.UNKNOWN);
    if (again != null && repeatable && again.submitLater(attempt, deadlineNanos, this::copy)) {
      return;
    }
    if (answer != null) {
      answer.tryFail(failure);
    }
  }

  @Override
  public boolean isDone() {
    RedisTransaction owner = transaction;
    return owner == null ? finished : finished || (!written && owner.isFinished());
  }

  @Override
  public boolean isCancelled() {
    return false;
  }

  @Override
  public boolean isFinished() {
    return finished;
  }

  boolean isWritten() {
    return written;
  }

  @Override
  public long deadlineNanos() {
    return deadlineNanos;
  }

  @Override
  public long sentNanos() {
    return sentNanos;
  }

  @Override
  public void sentNanos(long now) {
    sentNanos = now;
  }
}
