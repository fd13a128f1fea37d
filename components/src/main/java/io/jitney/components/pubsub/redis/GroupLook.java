package io.jitney.components.pubsub.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jitney.components.redis.RedisPool;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.Flow;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether entries of a stream wait for a group in which nobody reads. Reads none of them: not
 * one becomes pending.
 */
final class GroupLook {
  private static final long PATIENCE_SECONDS = 15;

  private final RedisPool redis;
  private final StreamSettings settings;
  private final StreamCommands commands;
  private final Flow flow;
  private final String topic;

  GroupLook(StreamSubscription.Parts parts, Flow flow, String topic) {
    redis = parts.redis();
    settings = parts.settings();
    commands = parts.commands();
    this.flow = flow;
    this.topic = topic;
  }

  private CallContext call() {
    return new CallContext(
        System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS), null, flow);
  }

  /** Sees to it that the group is there, so that the stream is read from here on. */
  Future<Void> create() {
    return redis
        .call(call(), commands.createGroup(topic))
        .transform(
            reply ->
                reply.succeeded() || StreamSubscription.isThere(reply.cause())
                    ? Future.succeededFuture()
                    : Future.failedFuture(reply.cause()));
  }

  /** New entries, or such that somebody took and did not finish in time. */
  Future<Boolean> waits() {
    return redis
        .call(call(), commands.groups(topic))
        .transform(
            reply -> {
              Map<String, Object> group = reply.succeeded() ? own(reply.result()) : null;
              if (group != null) {
                return waits(group);
              }
              // The server was emptied, or the stream deleted.
              return reply.succeeded() || "ERR no such key".equals(reply.cause().getMessage())
                  ? create().map(made -> false)
                  : Future.failedFuture(reply.cause());
            });
  }

  private Future<Boolean> waits(Map<String, Object> group) {
    Object lag = group.get("lag"); // since Redis 7, and only where it can be counted
    if (lag instanceof Long entries) {
      return entries > 0 ? Future.succeededFuture(true) : unfinished(group);
    }
    String last = String.valueOf(group.get("last-delivered-id"));
    return redis
        .call(call(), commands.from(topic, last))
        .compose(
            entries ->
                entries.stream().anyMatch(entry -> !last.equals(id(entry)))
                    ? Future.succeededFuture(true)
                    : unfinished(group));
  }

  /** Those that an instance would claim. */
  private Future<Boolean> unfinished(Map<String, Object> group) {
    if (!settings.redelivers() || !(group.get("pending") instanceof Long pending) || pending == 0) {
      return Future.succeededFuture(false);
    }
    long idle = settings.processingTimeout().toMillis();
    return redis
        .call(call(), commands.pending(topic))
        .map(entries -> entries.stream().anyMatch(entry -> entry.idleMillis() >= idle));
  }

  private @Nullable Map<String, Object> own(List<Object> groups) {
    for (Object one : groups) {
      Map<String, Object> group = fields(one);
      if (settings.consumer().equals(group.get("name"))) {
        return group;
      }
    }
    return null;
  }

  private static Map<String, Object> fields(Object answer) {
    Map<String, Object> fields = new HashMap<>();
    if (answer instanceof List<?> words) {
      for (int i = 0; i + 1 < words.size(); i += 2) {
        Object value = words.get(i + 1);
        if (value != null) {
          fields.put(text(words.get(i)), value instanceof byte[] ? text(value) : value);
        }
      }
    }
    return fields;
  }

  private static String id(Object entry) {
    return entry instanceof List<?> parts && !parts.isEmpty() ? text(parts.getFirst()) : "";
  }

  private static String text(@Nullable Object word) {
    return word instanceof byte[] bytes ? new String(bytes, UTF_8) : String.valueOf(word);
  }
}
