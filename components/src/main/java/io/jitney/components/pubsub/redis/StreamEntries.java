package io.jitney.components.pubsub.redis;

import io.jitney.components.redis.SizedOutput;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Entries in the answers to XREADGROUP and XCLAIM: keeps the fields {@code data} and {@code
 * metadata}, and how many entries were missing (claimed, but deleted in the meantime).
 */
final class StreamEntries extends CommandOutput<byte[], byte[], StreamEntries.Read>
    implements SizedOutput {
  /**
   * @param entries in the stream's order
   * @param missing entries that are pending and not there any more
   */
  record Read(List<StreamEntry> entries, int missing) {
    long bytes() {
      long sum = 0;
      for (StreamEntry entry : entries) {
        sum += entry.bytes();
      }
      return sum;
    }
  }

  private enum Field {
    DATA,
    METADATA,
    OTHER
  }

  /** How deep in the answer the list of entries is. */
  private final int listDepth;

  private final List<StreamEntry> entries = new ArrayList<>();
  private int depth;
  private int missing;
  private @Nullable String id;
  private @Nullable Field field;
  private boolean value;
  private byte @Nullable [] data;
  private byte @Nullable [] metadata;
  private int size;
  private long bytes;

  private StreamEntries(int listDepth) {
    super(ByteArrayCodec.INSTANCE, new Read(List.of(), 0));
    this.listDepth = listDepth;
  }

  /** XREADGROUP of one stream: the entries are the second word of the first stream. */
  static StreamEntries read() {
    return new StreamEntries(3);
  }

  /** XCLAIM: the answer is the entries. */
  static StreamEntries claimed() {
    return new StreamEntries(1);
  }

  @Override
  public void multi(int count) {
    if (count < 0) {
      absent();
      return;
    }
    depth++;
    if (depth == listDepth + 1) {
      id = null;
      data = null;
      metadata = null;
      size = StreamEntry.OVERHEAD;
    } else if (depth == listDepth + 2) {
      value = false;
    }
  }

  @Override
  public void set(@Nullable ByteBuffer word) {
    if (word == null) {
      absent();
    } else if (depth == listDepth + 1) {
      id = StandardCharsets.US_ASCII.decode(word).toString();
    } else if (depth == listDepth + 2) {
      field(word);
    }
  }

  private void absent() {
    if (depth >= listDepth) {
      missing++;
      id = null;
    }
  }

  private void field(ByteBuffer word) {
    size += word.remaining();
    if (!value) {
      String name =
          word.remaining() <= 8 ? StandardCharsets.ISO_8859_1.decode(word).toString() : "";
      field =
          switch (name) {
            case "data" -> Field.DATA;
            case "metadata" -> Field.METADATA;
            default -> Field.OTHER;
          };
    } else if (field == Field.DATA) {
      data = bytes(word);
    } else if (field == Field.METADATA) {
      metadata = bytes(word);
    }
    value = !value;
  }

  private static byte[] bytes(ByteBuffer word) {
    byte[] copy = new byte[word.remaining()];
    word.get(copy);
    return copy;
  }

  /**
   * @param level how many lists are still open: 0 when the answer is complete
   */
  @Override
  public void complete(int level) {
    if (level >= depth) {
      return;
    }
    if (depth == listDepth + 1) {
      String entryId = id;
      if (entryId != null) {
        Buffer content =
            data == null ? Buffer.buffer() : BufferInternal.buffer(Unpooled.wrappedBuffer(data));
        entries.add(
            new StreamEntry(entryId, content, MetadataJson.read(metadata), metadata != null, size));
        bytes += size;
        id = null;
      }
    }
    depth = level;
  }

  @Override
  public Read get() {
    return new Read(entries, missing);
  }

  @Override
  public long bytes() {
    return bytes;
  }
}
