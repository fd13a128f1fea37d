package io.jitney.components.pubsub.redis;

import io.jitney.components.pubsub.PublishRequest;
import io.jitney.components.redis.RedisCall;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.ByteArrayOutput;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.output.StatusOutput;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The commands, as daprd sends them. */
final class StreamCommands {
  private final StreamSettings settings;

  StreamCommands(StreamSettings settings) {
    this.settings = settings;
  }

  private static StatusOutput<byte[], byte[]> status() {
    return new StatusOutput<>(ByteArrayCodec.INSTANCE);
  }

  private static IntegerOutput<byte[], byte[]> number() {
    return new IntegerOutput<>(ByteArrayCodec.INSTANCE);
  }

  static RedisCall<String> ping() {
    return RedisCall.server(StreamCommands::status, "PING");
  }

  RedisCall<byte @Nullable []> add(PublishRequest request) {
    List<Object> words = new ArrayList<>(10);
    words.add("XADD");
    words.add(request.topic());
    if (settings.maxLength() > 0) {
      words.add("MAXLEN");
      words.add("~");
      words.add(Long.toString(settings.maxLength()));
    } else if (settings.maxAge().isPositive()) {
      words.add("MINID");
      words.add("~");
      long from = System.currentTimeMillis() - settings.maxAge().toMillis();
      words.add(from + "-1");
    }
    words.add("*");
    words.add("data");
    words.add(request.data());
    if (request.hasMetadata()) {
      words.add("metadata");
      words.add(MetadataJson.write(request.metadata()));
    }
    return RedisCall.write(
        () -> new ByteArrayOutput<>(ByteArrayCodec.INSTANCE), 1, words.toArray());
  }

  RedisCall<String> createGroup(String topic) {
    return RedisCall.write(
        StreamCommands::status, 2, "XGROUP", "CREATE", topic, settings.consumer(), "0", "MKSTREAM");
  }

  RedisCall<StreamEntries.Read> read(String topic, int count) {
    return RedisCall.fetch(
        StreamEntries::read,
        7,
        "XREADGROUP",
        "GROUP",
        settings.consumer(),
        settings.consumer(),
        "COUNT",
        Integer.toString(count),
        "STREAMS",
        topic,
        ">");
  }

  RedisCall<Long> acknowledge(String topic, List<String> ids) {
    return RedisCall.write(
        StreamCommands::number, 1, words(List.of("XACK", topic, settings.consumer()), ids));
  }

  RedisCall<List<PendingEntries.Pending>> pending(String topic) {
    return RedisCall.read(
        PendingEntries::new,
        1,
        "XPENDING",
        topic,
        settings.consumer(),
        "-",
        "+",
        Integer.toString(settings.queueDepth()));
  }

  RedisCall<StreamEntries.Read> claim(String topic, long minIdleMillis, List<String> ids) {
    return RedisCall.fetch(
        StreamEntries::claimed,
        1,
        words(
            List.of(
                "XCLAIM",
                topic,
                settings.consumer(),
                settings.consumer(),
                Long.toString(minIdleMillis)),
            ids));
  }

  /** What the server knows of the stream's groups. */
  RedisCall<List<Object>> groups(String topic) {
    return RedisCall.read(
        () -> new NestedMultiOutput<>(ByteArrayCodec.INSTANCE), 2, "XINFO", "GROUPS", topic);
  }

  /** One entry from this id on, the entry of that id left out by who reads the answer. */
  RedisCall<List<Object>> from(String topic, String id) {
    return RedisCall.read(
        () -> new NestedMultiOutput<>(ByteArrayCodec.INSTANCE),
        1,
        "XRANGE",
        topic,
        id,
        "+",
        "COUNT",
        "2");
  }

  private static Object[] words(List<String> head, List<String> ids) {
    List<Object> words = new ArrayList<>(head);
    words.addAll(ids);
    return words.toArray();
  }
}
