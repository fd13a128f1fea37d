package io.jitney.components.kafka;

import io.jitney.components.spi.ComponentLog;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * The member of a consumer group that one opening is, for all its topics. A thread of its own polls
 * while there are topics; it never waits for an app: a partition whose records are not handled yet
 * is paused. Changing the topics ends the session and begins another, as in daprd.
 *
 * <p>Thread-safe.
 */
public final class GroupConsumer {
  private static final long STACK_BYTES = 256 << 10;
  private static final long LONGEST_PAUSE_MILLIS = 5_000;
  private static final Duration POLL = Duration.ofMillis(500);

  private final KafkaSettings settings;
  private final ComponentLog log;
  private final PartitionFeed.Common common;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by the lock.
  private final Map<String, List<TopicHandler>> topics = new LinkedHashMap<>();
  private long version;
  private boolean paused;
  private boolean closed;
  private @Nullable Thread thread;
  private @Nullable KafkaConsumer<byte[], byte[]> polling;
  private final List<Promise<Void>> leaving = new ArrayList<>();

  /**
   * @param context where handlers are called
   */
  public GroupConsumer(ContextInternal context, KafkaSettings settings, ComponentLog log) {
    this.settings = settings;
    this.log = log;
    common = new PartitionFeed.Common(context, settings, log, new AtomicLong(), this::wake);
  }

  /** Adds a handler of a topic; those of one topic share its partitions. */
  public void add(String topic, TopicHandler handler) {
    add(List.of(topic), handler);
  }

  /** Adds a handler of several topics. */
  public void add(List<String> more, TopicHandler handler) {
    change(
        () -> {
          if (!closed) {
            more.forEach(
                topic -> topics.computeIfAbsent(topic, fresh -> new ArrayList<>()).add(handler));
            paused = false;
          }
        });
  }

  /**
   * Takes it away.
   *
   * @return done when it is called no more
   */
  public Future<Void> remove(String topic, TopicHandler handler) {
    return remove(List.of(topic), handler);
  }

  /** Takes it away from these topics. */
  public Future<Void> remove(List<String> fewer, TopicHandler handler) {
    Promise<Void> gone = Promise.promise();
    change(
        () -> {
          boolean known = false;
          for (String topic : fewer) {
            List<TopicHandler> handlers = topics.get(topic);
            known |= handlers != null && handlers.remove(handler);
            if (handlers != null && handlers.isEmpty()) {
              topics.remove(topic);
            }
          }
          if (known && thread != null) {
            leaving.add(gone);
          } else {
            gone.complete();
          }
        });
    return gone.future();
  }

  /** Fetches nothing more until a topic is added; what was fetched is still handed over. */
  public Future<Void> pause() {
    lock.lock();
    try {
      paused = true;
    } finally {
      lock.unlock();
    }
    wake();
    return Future.succeededFuture();
  }

  /** Leaves the group; what was handled is committed. */
  public Future<Void> close() {
    Promise<Void> gone = Promise.promise();
    change(
        () -> {
          closed = true; // nothing is added any more
          topics.clear();
          if (thread == null) {
            gone.complete();
          } else {
            leaving.add(gone);
          }
        });
    return gone.future();
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      version++;
      changed.signalAll();
      if (thread == null && !topics.isEmpty()) {
        Thread fresh =
            Thread.ofPlatform()
                .name("jitney-kafka-poll")
                .daemon()
                .stackSize(STACK_BYTES)
                .unstarted(this::run);
        thread = fresh;
        fresh.start();
      }
    } finally {
      lock.unlock();
    }
    wake();
  }

  /** Ends a poll that is under way, so that the thread looks around. */
  private void wake() {
    lock.lock();
    try {
      if (polling != null) {
        polling.wakeup();
      }
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    int failures = 0;
    do {
      GroupSession session = null;
      try {
        session = new GroupSession(settings, common, this::isPaused);
        while (hasTopics()) {
          turn(session);
          failures = 0;
        }
      } catch (KafkaException | IllegalStateException e) {
        failures++;
        log.error("Error consuming " + topicNames() + ". Retrying...: " + ProducerPool.text(e));
      } finally {
        if (session != null) {
          session.close();
        }
      }
      if (failures > 0) {
        pause(failures);
      }
    } while (!leaves());
  }

  private boolean hasTopics() {
    lock.lock();
    try {
      return !topics.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Whether there is nothing more to consume; if so, this thread ends. */
  private boolean leaves() {
    List<Promise<Void>> gone;
    lock.lock();
    try {
      if (!topics.isEmpty()) {
        return false;
      }
      thread = null;
      gone = new ArrayList<>(leaving);
      leaving.clear();
    } finally {
      lock.unlock();
    }
    gone.forEach(Promise::tryComplete);
    return true;
  }

  private void turn(GroupSession session) {
    Map<String, List<TopicHandler>> wanted;
    long current;
    List<Promise<Void>> gone;
    lock.lock();
    try {
      current = version;
      wanted = new LinkedHashMap<>();
      topics.forEach((topic, handlers) -> wanted.put(topic, List.copyOf(handlers)));
      gone = new ArrayList<>(leaving);
      leaving.clear();
    } finally {
      lock.unlock();
    }
    try {
      session.subscribe(current, wanted);
    } finally {
      gone.forEach(Promise::tryComplete);
    }
    session.prepare();
    lock.lock();
    try {
      if (version != current) {
        return;
      }
      polling = session.consumer();
    } finally {
      lock.unlock();
    }
    try {
      session.poll(POLL);
    } catch (WakeupException e) {
      // somebody wants something
    } finally {
      endPoll();
    }
  }

  private void endPoll() {
    lock.lock();
    try {
      polling = null;
    } finally {
      lock.unlock();
    }
  }

  private boolean isPaused() {
    lock.lock();
    try {
      return paused;
    } finally {
      lock.unlock();
    }
  }

  private String topicNames() {
    lock.lock();
    try {
      return topics.keySet().toString();
    } finally {
      lock.unlock();
    }
  }

  private void pause(int failures) {
    long first = Math.max(settings.retryPause().toMillis(), 10);
    long millis = Math.min(first << Math.min(failures - 1, 10), LONGEST_PAUSE_MILLIS);
    lock.lock();
    try {
      long before = version;
      long left = TimeUnit.MILLISECONDS.toNanos(millis);
      while (left > 0 && version == before) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } finally {
      lock.unlock();
    }
  }
}
