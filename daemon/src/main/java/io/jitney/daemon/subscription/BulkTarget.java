package io.jitney.daemon.subscription;

import io.jitney.daemon.subscription.EventTarget.Verdict;
import io.jitney.daemon.telemetry.Trace;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An app that takes several events at once. Called on event loops. */
interface BulkTarget {
  /**
   * Events of one path on their way together.
   *
   * @param id of the request
   * @param topic without the prefix of the component
   * @param entries in the component's order
   */
  record Batch(String id, String component, String topic, String path, List<Entry> entries) {
    public Batch {
      entries = List.copyOf(entries);
    }

    /** Of all messages together. */
    long bytes() {
      long bytes = 0;
      for (Entry entry : entries) {
        bytes += entry.message().data().length();
      }
      return bytes;
    }
  }

  /**
   * One of them.
   *
   * @param event null for raw payloads
   */
  record Entry(String id, io.jitney.components.pubsub.Message message, @Nullable Event event) {}

  /**
   * One attempt.
   *
   * @param attempt is told how to be given up
   * @return what the app says about each entry, by its id: {@link Verdict#DROP} and {@link
   *     Verdict#SUCCESS} as for single events; an entry that is not there is to be tried again. All
   *     are {@link Verdict#UNHEARD} when the app has no ear for them. Fails as {@link
   *     EventTarget#deliver} when there is no answer for any
   */
  Future<Map<String, Verdict>> deliver(Batch batch, @Nullable Trace trace, Attempt attempt);
}
