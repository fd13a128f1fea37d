package io.jitney.components.pubsub.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answer to XPENDING: for each entry id, consumer, milliseconds since delivery, deliveries. */
final class PendingEntries extends CommandOutput<byte[], byte[], List<PendingEntries.Pending>> {
  record Pending(String id, long idleMillis) {}

  private final List<Pending> entries = new ArrayList<>();
  private @Nullable String id;
  private int words;

  PendingEntries() {
    super(ByteArrayCodec.INSTANCE, List.of());
  }

  @Override
  public void multi(int count) {
    words = 0;
  }

  @Override
  public void set(@Nullable ByteBuffer word) {
    if (words++ == 0 && word != null) {
      id = StandardCharsets.US_ASCII.decode(word).toString();
    }
  }

  @Override
  public void set(long number) {
    String entry = id;
    if (words++ == 2 && entry != null) {
      entries.add(new Pending(entry, number));
      id = null;
    }
  }

  @Override
  public List<Pending> get() {
    return entries;
  }
}
