package io.jitney.components.kafka;

import io.jitney.components.pubsub.Message;
import io.jitney.components.spi.ComponentLog;
import io.jitney.components.spi.Flow;
import io.jitney.components.spi.UnsettledBytes;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Hands over the records of one partition, one piece of work after the other, and knows how far it
 * has got. One assignment's: when the partition is revoked, it ends.
 *
 * <p>Threads: {@link #offer}, {@link #end}, {@link #position} and {@link #isReady} are the polling
 * thread's; everything else happens on the opening's event loop.
 */
abstract sealed class PartitionFeed permits SingleFeed, BulkFeed {
  private static final long NONE = -1;

  /** What all feeds of a consumer have in common. */
  record Common(
      ContextInternal context,
      KafkaSettings settings,
      ComponentLog log,
      AtomicLong heldBytes,
      Runnable wanted) {}

  final Common common;
  private final Flow flow;
  private final UnsettledBytes held;
  final ArrayDeque<ConsumerRecord<byte[], byte[]>> records = new ArrayDeque<>();
  private final AtomicLong marked = new AtomicLong(NONE);
  private final int enough;
  private volatile boolean ready = true;
  private volatile boolean ended;
  private boolean busy;
  private long timer = NONE;
  private @Nullable CompletableFuture<Void> idle;

  /**
   * @param flow on whose account records are held
   * @param enough records held from which on no more are asked for
   */
  PartitionFeed(Common common, Flow flow, int enough) {
    this.common = common;
    this.flow = flow;
    held = new UnsettledBytes(flow);
    this.enough = enough;
  }

  /** Takes records from a poll; {@link #isReady} is false until most of them are handled. */
  final void offer(List<ConsumerRecord<byte[], byte[]>> polled) {
    ready = false;
    long bytes = 0;
    for (ConsumerRecord<byte[], byte[]> record : polled) {
      bytes += size(record);
    }
    take(bytes);
    long size = bytes;
    common
        .context()
        .runOnContext(
            go -> {
              if (ended) {
                give(size);
                return;
              }
              records.addAll(polled);
              advance();
              askForMore();
            });
  }

  private void take(long bytes) {
    common.heldBytes().addAndGet(bytes);
    held.take(bytes);
  }

  private void give(long bytes) {
    common.heldBytes().addAndGet(-bytes);
    held.give(bytes);
  }

  private static long size(ConsumerRecord<byte[], byte[]> record) {
    return 128L
        + Math.max(record.serializedKeySize(), 0)
        + Math.max(record.serializedValueSize(), 0);
  }

  /** Whether more records may come. */
  final boolean isReady() {
    return ready && flow.mayHoldMore();
  }

  private void askForMore() {
    if (!ready && !ended && records.size() < enough) {
      ready = true;
      common.wanted().run();
    }
  }

  /** The offset to commit; negative: none yet. */
  final long position() {
    return marked.get();
  }

  final void mark(ConsumerRecord<byte[], byte[]> record) {
    marked.set(record.offset() + 1);
  }

  /** Begins the next piece of work if there is one and none is under way. */
  final void advance() {
    if (!busy && !ended && canBegin()) {
      busy = true;
      begin();
    }
  }

  /** Whether enough is there for the next piece of work. */
  abstract boolean canBegin();

  /** Begins it; {@link #finished} is due. */
  abstract void begin();

  /** The piece of work is over, one way or the other. */
  final void finished(List<ConsumerRecord<byte[], byte[]>> done) {
    busy = false;
    for (ConsumerRecord<byte[], byte[]> record : done) {
      give(size(record));
    }
    CompletableFuture<Void> waiting = idle;
    if (waiting != null) {
      waiting.complete(null);
    }
    askForMore();
    common.context().runOnContext(go -> advance());
  }

  /** Calls the action again and again until it succeeds, as far as the settings say. */
  final void attempt(Work work) {
    attempt(work, 0, System.nanoTime());
  }

  /** A piece of work. */
  interface Work {
    Future<Void> run();

    /** What it is about, for the log: {@code Kafka message: topic/partition/offset [key=...]}. */
    String about();

    void ended();
  }

  private void attempt(Work work, int failures, long begin) {
    if (ended) {
      work.ended();
      return;
    }
    Future<Void> outcome;
    try {
      outcome = work.run();
    } catch (RuntimeException e) {
      outcome = Future.failedFuture(e);
    }
    Promise<Void> onContext = common.context().promise();
    outcome.onComplete(onContext);
    onContext
        .future()
        .onComplete(done -> ended(work, failures, begin, done.failed() ? done.cause() : null));
  }

  private void ended(Work work, int failures, long begin, @Nullable Throwable failure) {
    if (failure == null) {
      if (failures > 0) {
        common.log().info("Successfully processed after it previously failed: " + work.about());
      }
      work.ended();
      return;
    }
    BackOff backOff = common.settings().backOff();
    Duration since = Duration.ofNanos(System.nanoTime() - begin);
    String problem = work.about() + ". Error: " + failure.getMessage();
    if (!common.settings().retries()) {
      common.log().error("Error processing " + problem + ".");
      work.ended();
    } else if (ended) {
      work.ended();
    } else if (backOff.goesOn(failures + 1, since)) {
      common.log().warn("Error processing " + problem + ". Retrying...");
      later(backOff.pauseMillis(failures + 1), () -> attempt(work, failures + 1, begin));
    } else {
      common.log().error("Too many failed attempts at processing " + problem + ".");
      work.ended();
    }
  }

  private void later(long millis, Runnable action) {
    timer =
        common
            .context()
            .setTimer(
                millis,
                due -> {
                  timer = NONE;
                  action.run();
                });
  }

  final Message message(ConsumerRecord<byte[], byte[]> record) {
    return new Message(
        KafkaRecords.data(record), record.topic(), common.settings().records().metadata(record));
  }

  static String about(ConsumerRecord<byte[], byte[]> record) {
    String key = record.key() == null ? "" : Base64.getEncoder().encodeToString(record.key());
    return "Kafka message: "
        + record.topic()
        + "/"
        + record.partition()
        + "/"
        + record.offset()
        + " [key="
        + key
        + "]";
  }

  final boolean hasEnded() {
    return ended;
  }

  /**
   * Begins nothing any more.
   *
   * @return done when nothing is under way
   */
  final CompletableFuture<Void> end() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    ended = true;
    common
        .context()
        .runOnContext(
            go -> {
              for (ConsumerRecord<byte[], byte[]> record : records) {
                give(size(record));
              }
              records.clear();
              held.close();
              if (timer != NONE) { // between two attempts: nobody handles it now
                common.context().owner().cancelTimer(timer);
                busy = false;
              }
              if (busy) {
                idle = done;
              } else {
                done.complete(null);
              }
              stopped();
            });
    return done;
  }

  /** On the loop, when it has ended. */
  abstract void stopped();
}
