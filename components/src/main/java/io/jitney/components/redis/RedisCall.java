package io.jitney.components.redis;

import io.jitney.components.spi.CallContext;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.ByteArrayOutput;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
  private final boolean fetches;
  private final int keyAt;
  private final Object[] words;
  private final int bytes;
  private final int operations;

  private @Nullable Promise<T> promise;
  private @Nullable RedisLoop loop;
  private @Nullable RedisTransaction transaction;
  private @Nullable RedisBatch batch;
  private @Nullable CallContext context;
  private @Nullable Passage passage;
  private RedisPool.Lane lane = RedisPool.Lane.SHARED;
  private int attempt;
  private boolean written;
  private boolean finished;

  private RedisCall(
      Supplier<? extends CommandOutput<byte[], byte[], T>> outputs,
      boolean safeToRepeat,
      boolean fetches,
      int operations,
      int keyAt,
      Object[] words) {
    super(KEYWORD, outputs.get());
    this.outputs = outputs;
    this.safeToRepeat = safeToRepeat;
    this.fetches = fetches;
    this.operations = operations;
    this.keyAt = keyAt;
    this.words = words;
    this.bytes = bytes(words);
  }

  private static int bytes(Object[] words) {
    int sum = 16;
    for (Object word : words) {
      sum += 8;
      sum +=
          switch (word) {
            case String text -> text.length();
            case byte[] array -> array.length;
            case Buffer buffer -> buffer.length();
            default -> throw new IllegalArgumentException(word.getClass().getName());
          };
    }
    return sum;
  }

  /**
   * A command that may be sent again when its answer was lost: it only reads.
   *
   * @param keyAt index of the key in {@code words}; routes the call in a cluster
   * @param words command and arguments: String, byte[] or Buffer
   */
  public static <T extends @Nullable Object> RedisCall<T> read(
      Supplier<? extends CommandOutput<byte[], byte[], T>> output, int keyAt, Object... words) {
    return new RedisCall<>(output, true, true, 1, keyAt, words);
  }

  /**
   * A command that changes something: it is sent again only when the server has certainly not
   * executed it.
   */
  public static <T extends @Nullable Object> RedisCall<T> write(
      Supplier<? extends CommandOutput<byte[], byte[], T>> output, int keyAt, Object... words) {
    return new RedisCall<>(output, false, false, 1, keyAt, words);
  }

  /**
   * One command that changes many things: as {@link #write}, at the cost of so many.
   *
   * @param operations what it counts for; at least 1
   */
  public static <T extends @Nullable Object> RedisCall<T> writes(
      Supplier<? extends CommandOutput<byte[], byte[], T>> output,
      int operations,
      int keyAt,
      Object... words) {
    return new RedisCall<>(output, false, false, operations, keyAt, words);
  }

  /**
   * A command that changes something and answers with data: sent again only when the server has
   * certainly not executed it, and expected to have as large an answer as a read.
   */
  public static <T extends @Nullable Object> RedisCall<T> fetch(
      Supplier<? extends CommandOutput<byte[], byte[], T>> output, int keyAt, Object... words) {
    return new RedisCall<>(output, false, true, 1, keyAt, words);
  }

  /** A command about the server and not about a key. */
  public static <T extends @Nullable Object> RedisCall<T> server(
      Supplier<? extends CommandOutput<byte[], byte[], T>> output, Object... words) {
    return new RedisCall<>(output, true, true, 1, NO_KEY, words);
  }

  void start(Promise<T> answer, CallContext on, RedisPool.Lane asksFor, RedisLoop runsOn) {
    promise = answer;
    context = on;
    lane = asksFor;
    loop = runsOn;
  }

  /** For a connection without lanes: it is sent once, and its deadline is its caller's affair. */
  void start(Promise<T> answer) {
    promise = answer;
  }

  void startIn(RedisTransaction owner) {
    transaction = owner;
  }

  void startIn(RedisBatch owner) {
    batch = owner;
  }

  /**
   * Whether to write it, now that its turn has come: nobody may be waiting for it any more. To be
   * called once.
   */
  boolean begin() {
    RedisTransaction owner = transaction;
    if (owner != null) {
      return owner.begin(this);
    }
    if (!finished) {
      return true;
    }
    if (passage != null) {
      passage.answered(0);
    } else if (batch != null) {
      batch.replied(0);
    }
    return false;
  }

  /** A fresh call with the same words: Lettuce uses a command once. */
  RedisCall<T> copy() {
    RedisCall<T> copy = new RedisCall<>(outputs, safeToRepeat, fetches, operations, keyAt, words);
    copy.promise = promise;
    copy.context = context;
    copy.lane = lane;
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
    writeCount(out);
    for (Object word : words) {
      write(word, out);
    }
  }

  /**
   * What {@link #encode} writes, in parts to be released: values of more than {@code large} bytes
   * are parts of their own and not copied.
   */
  List<ByteBuf> parts(ByteBufAllocator allocator, int large) {
    written = true;
    List<ByteBuf> parts = new ArrayList<>();
    ByteBuf out = allocator.heapBuffer(512);
    writeCount(out);
    for (Object word : words) {
      if (word instanceof Buffer buffer && buffer.length() > large) {
        ByteBuf value = ((BufferInternal) buffer).getByteBuf();
        out.writeByte('$');
        writeNumber(out, value.readableBytes());
        parts.add(out);
        parts.add(value.retainedDuplicate());
        out = allocator.heapBuffer(64);
        writeLineEnd(out);
      } else {
        write(word, out);
      }
    }
    parts.add(out);
    return parts;
  }

  private void writeCount(ByteBuf out) {
    out.writeByte('*');
    writeNumber(out, words.length);
  }

  private static void write(Object word, ByteBuf out) {
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
        ByteBuf value = ((BufferInternal) buffer).getByteBuf();
        writeNumber(out, value.readableBytes());
        out.writeBytes(value, value.readerIndex(), value.readableBytes());
      }
      default -> throw new IllegalArgumentException(word.getClass().getName());
    }
    writeLineEnd(out);
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
    if (owner != null) {
      finished = true;
      owner.replied(this);
      return;
    }
    if (passage != null) {
      passage.answered(replyBytes());
    } else if (batch != null) {
      batch.replied(replyBytes());
    }
    if (getOutput().hasError()) {
      fail(RedisFailure.answered(getOutput().getError()));
    } else if (!finished) {
      finished = true;
      Promise<T> answer = promise;
      if (answer != null) {
        answer.tryComplete(getOutput().get());
      }
    }
  }

  private long replyBytes() {
    return switch (getOutput()) {
      case SizedOutput sized -> sized.bytes();
      case ByteArrayOutput<?, ?> value -> {
        byte[] array = value.get();
        yield array == null ? 0 : array.length;
      }
      case null, default -> 0;
    };
  }

  @Override
  public boolean completeExceptionally(Throwable problem) {
    // Lettuce lost the connection, or never had it.
    boolean first = !isDone();
    RedisTransaction owner = transaction;
    if (owner == null) {
      lost();
    } else {
      finished = true;
      owner.lost();
    }
    return first;
  }

  @Override
  public void lost() {
    fail(
        written
            ? new RedisFailure(RedisFailure.Kind.UNKNOWN, "EOF")
            : new RedisFailure(RedisFailure.Kind.NOT_EXECUTED, "redis: not connected"));
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
    if (again != null && repeatable && again.submitLater(context(), attempt, this::copy)) {
      return;
    }
    if (answer != null) {
      answer.tryFail(failure);
    }
  }

  /** Lettuce does not write what is done. */
  @Override
  public boolean isDone() {
    return finished;
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
  public CallContext context() {
    return Objects.requireNonNull(context);
  }

  @Override
  public RedisPool.Lane lane() {
    return lane;
  }

  @Override
  public int bytes() {
    return bytes;
  }

  @Override
  public int operations() {
    return operations;
  }

  @Override
  public boolean isRead() {
    return fetches;
  }

  @Override
  public @Nullable Passage passage() {
    return passage;
  }

  @Override
  public void passage(Passage way) {
    passage = way;
  }
}
