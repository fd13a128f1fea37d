package io.jitney.components.pubsub;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.awaitility.Awaitility;

/** An app for tests: remembers what it was given, and answers as a test wants. */
public final class Inbox implements PubSub.MessageHandler {
  public static final Future<Void> OK = Future.succeededFuture();

  /** What came, in order. */
  public final List<Message> messages = new CopyOnWriteArrayList<>();

  public final AtomicInteger atOnce = new AtomicInteger();
  public final AtomicInteger mostAtOnce = new AtomicInteger();
  public volatile Function<Message, Future<Void>> answer = message -> OK;

  /** Answers every message with a failure. */
  public static Inbox failing() {
    Inbox inbox = new Inbox();
    inbox.answer = message -> Future.failedFuture("no");
    return inbox;
  }

  /** Never answers. */
  public static Inbox silent() {
    Inbox inbox = new Inbox();
    inbox.answer = message -> Promise.<Void>promise().future();
    return inbox;
  }

  @Override
  public Future<Void> handle(Message message) {
    mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
    messages.add(message);
    return answer.apply(message).onComplete(done -> atOnce.decrementAndGet());
  }

  /** The texts of the messages so far, in order. */
  public List<String> texts() {
    return messages.stream().map(message -> message.data().toString()).toList();
  }

  public Map<String, String> metadata(int index) {
    return messages.get(index).metadata();
  }

  /** Waits until there are that many messages. */
  public void await(int count) {
    Awaitility.await()
        .alias("messages")
        .pollInterval(5, TimeUnit.MILLISECONDS)
        .atMost(20, TimeUnit.SECONDS)
        .until(messages::size, size -> size >= count);
  }

  /** Waits a moment and counts. */
  public int settled(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return messages.size();
  }
}
