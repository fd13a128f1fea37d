package io.jitney.daemon.pubsub;

import io.jitney.components.pubsub.BulkPublishFailure;
import io.jitney.components.pubsub.BulkPublishRequest;
import io.jitney.components.pubsub.BulkPublishRequest.BulkEntry;
import io.jitney.components.pubsub.PubSub;
import io.jitney.components.pubsub.PublishRequest;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A bulk at a broker that takes one message at a time: {@value #AT_ONCE} at once, in no order.
 * Threads: any.
 */
final class ParallelPublish {
  static final int AT_ONCE = 100;

  private final PubSub broker;
  private final CallContext context;
  private final BulkPublishRequest request;
  private final Promise<Void> promise = Promise.promise();

  // Guarded by this.
  private final Map<String, String> failed = new LinkedHashMap<>();
  private int next;
  private int running;
  private boolean starting;
  private boolean terminal;

  ParallelPublish(PubSub broker, CallContext context, BulkPublishRequest request) {
    this.broker = broker;
    this.context = context;
    this.request = request;
  }

  /** Fails with {@link BulkPublishFailure}, whose text is that of one entry, as daprd's. */
  Future<Void> run() {
    start();
    return promise.future();
  }

  /** One thread at a time starts entries; what ends meanwhile leaves the next to it. */
  private void start() {
    BulkEntry entry = take(false);
    while (entry != null) {
      publish(entry);
      entry = take(true);
    }
  }

  private synchronized @Nullable BulkEntry take(boolean mine) {
    if (starting && !mine) {
      return null;
    }
    starting = running < AT_ONCE && next < request.entries().size();
    if (!starting) {
      return null;
    }
    running++;
    return request.entries().get(next++);
  }

  private void publish(BulkEntry entry) {
    Future<Void> published;
    try {
      published =
          broker.publish(
              context,
              new PublishRequest(
                  entry.data(), request.topic(), entry.metadata(), !entry.metadata().isEmpty()));
    } catch (RuntimeException failure) {
      published = Future.failedFuture(failure);
    }
    published.onComplete(
        done -> {
          if (ended(entry, done.cause())) {
            finish();
          } else {
            start();
          }
        });
  }

  /** Whether it was the last one. */
  private synchronized boolean ended(BulkEntry entry, @Nullable Throwable cause) {
    if (cause != null) {
      if (failed.isEmpty()) {
        terminal = cause instanceof ComponentException.Failed failure && failure.isTerminal();
      }
      failed.put(entry.entryId(), String.valueOf(cause.getMessage()));
    }
    return --running == 0 && next == request.entries().size();
  }

  private void finish() {
    if (failed.isEmpty()) {
      promise.complete();
    } else {
      promise.fail(new BulkPublishFailure(failed.values().iterator().next(), failed, terminal));
    }
  }
}
