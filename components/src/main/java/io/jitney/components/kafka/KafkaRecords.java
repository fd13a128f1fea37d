package io.jitney.components.kafka;

import io.jitney.components.spi.GoText;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * Messages on the wire: metadata are headers, and the other way round.
 *
 * @param escape key and header values are URL-escaped in metadata
 * @param excluded names that are not carried over; null: all are
 */
record KafkaRecords(boolean escape, @Nullable Pattern excluded) {
  private static final byte[] NULL = {'n', 'u', 'l', 'l'};

  ProducerRecord<byte[], byte[]> record(String topic, Buffer data, Map<String, String> metadata) {
    String key = metadata.getOrDefault("partitionKey", metadata.get("__key"));
    List<Header> headers = new ArrayList<>(metadata.size());
    metadata.forEach(
        (name, value) -> {
          if (!isExcluded(name)) {
            headers.add(new RecordHeader(name, bytes(value)));
          }
        });
    byte[] value = data.getBytes();
    boolean tombstone = java.util.Arrays.equals(value, NULL);
    return new ProducerRecord<>(
        topic,
        partition(metadata.get("partitionNumber")),
        key == null ? null : bytes(key),
        tombstone ? null : value,
        headers);
  }

  private static @Nullable Integer partition(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return null;
    }
    try {
      int partition = Integer.parseInt(text);
      if (partition >= 0) {
        return partition;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new IllegalArgumentException("invalid partitionNumber: " + text);
  }

  private boolean isExcluded(String name) {
    return excluded != null && excluded.matcher(name).find();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** What subscribers see of a record: the text {@code null} for a tombstone. */
  static Buffer data(ConsumerRecord<byte[], byte[]> record) {
    byte[] value = record.value() == null ? NULL : record.value();
    return BufferInternal.buffer(Unpooled.wrappedBuffer(value));
  }

  Map<String, String> metadata(ConsumerRecord<byte[], byte[]> record) {
    Map<String, String> metadata = new HashMap<>();
    if (record.key() != null) {
      metadata.put("__key", text(record.key()));
    }
    metadata.put("__offset", Long.toString(record.offset()));
    metadata.put("__topic", record.topic());
    metadata.put("__timestamp", Long.toString(record.timestamp()));
    metadata.put("__partition", Integer.toString(record.partition()));
    for (Header header : record.headers()) {
      if (!isExcluded(header.key())) {
        metadata.put(header.key(), header.value() == null ? "" : text(header.value()));
      }
    }
    return Collections.unmodifiableMap(metadata);
  }

  private String text(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    return escape ? GoText.queryEscape(text) : text;
  }
}
