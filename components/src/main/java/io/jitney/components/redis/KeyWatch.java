package io.jitney.components.redis;

import io.lettuce.core.api.push.PushMessage;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.output.StatusOutput;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells when keys change, on one connection for all keys and tenants of a pool, without a blocked
 * command: the server notes which keys this connection has asked about ({@code CLIENT TRACKING},
 * Redis 6) and says once when one of them is modified (ADR 0012). What is said is a hint: whoever
 * watches looks again by himself from time to time.
 *
 * <p>There is no watch in a cluster, on older servers and where an ACL forbids it: {@link
 * Watched#arm} then answers false.
 *
 * <p>Threads: any; callbacks come on the watch's event loop and must not block.
 */
public final class KeyWatch {
  /** Keys that one command asks about. */
  private static final int KEYS_PER_CALL = 64;

  /** Until a server that does not know how is asked again. */
  private static final long UNABLE_NANOS = TimeUnit.MINUTES.toNanos(5);

  private static final class Key {
    final String name;
    final List<Watched> members = new ArrayList<>();
    List<Promise<Boolean>> waiting = new ArrayList<>();
    boolean asked;
    boolean armed;

    Key(String name) {
      this.name = name;
    }
  }

  private final EventLoop eventLoop;
  private final RedisSettings settings;
  private final LaneLink link;
  private final RedisConnector connector;
  private final Map<String, Key> keys = new HashMap<>();
  private final ArrayDeque<Key> toAsk = new ArrayDeque<>();
  private boolean flushing;
  private boolean tracking;
  private boolean closed;
  private int unanswered;
  private long lastAnswerNanos;
  private long unableUntilNanos = System.nanoTime();

  KeyWatch(EventLoop eventLoop, RedisSettings settings, RedisNode node, Circuit circuit) {
    this.eventLoop = eventLoop;
    this.settings = settings;
    connector = new RedisConnector(settings, node, eventLoop, this::pushed);
    link = new LaneLink(eventLoop, settings, connector, circuit, new LinkEvents());
  }

  private final class LinkEvents implements LaneLink.Listener {
    @Override
    public void opened() {
      track();
    }

    @Override
    public void failed(RedisFailure failure) {
      noConnection(failure);
    }

    @Override
    public void lost() {
      forgetAll();
    }

    @Override
    public boolean isBusy() {
      synchronized (keys) {
        return !keys.isEmpty();
      }
    }
  }

  /** One who watches one key. */
  public final class Watched {
    private final Key key;
    private final Runnable changed;

    private Watched(Key key, Runnable changed) {
      this.key = key;
      this.changed = changed;
    }

    /**
     * Asks to be told of the next change.
     *
     * @return true: whatever changes after now will be told, once; false: nothing will be told
     */
    public Future<Boolean> arm() {
      Promise<Boolean> promise = Promise.promise();
      onLoop(() -> ask(key, promise));
      return promise.future();
    }

    /** A change came that was not told: the connection may be dead. */
    public void suspect() {
      onLoop(() -> key.armed = false);
    }

    public void end() {
      onLoop(() -> forget(this));
    }
  }

  /**
   * @param changed called after each change that {@link Watched#arm} asked to be told, and when the
   *     watch was lost
   */
  public Watched watch(String name, Runnable changed) {
    Key fresh = new Key(name);
    Watched[] made = new Watched[1];
    synchronized (keys) {
      Key key = keys.computeIfAbsent(name, absent -> fresh);
      made[0] = new Watched(key, changed);
      key.members.add(made[0]);
    }
    return made[0];
  }

  private void forget(Watched watched) {
    synchronized (keys) {
      watched.key.members.remove(watched);
      if (watched.key.members.isEmpty()) {
        keys.remove(watched.key.name, watched.key);
      }
    }
  }

  int connections() {
    return link.connections();
  }

  private void onLoop(Runnable action) {
    if (eventLoop.inEventLoop()) {
      action.run();
    } else {
      eventLoop.execute(action);
    }
  }

  private void ask(Key key, Promise<Boolean> promise) {
    boolean unable =
        closed
            || settings.topology() instanceof RedisSettings.Topology.Cluster
            || unableUntilNanos - System.nanoTime() > 0
            || link.refusal(System.nanoTime()) != null;
    if (key.armed || unable) {
      promise.complete(key.armed);
      return;
    }
    key.waiting.add(promise);
    if (!key.asked) {
      key.asked = true;
      toAsk.add(key);
      if (link.open() == null) {
        link.need();
      } else {
        flushSoon();
      }
    }
  }

  private void flushSoon() {
    if (!flushing) {
      flushing = true;
      eventLoop.execute(this::flush);
    }
  }

  private void flush() {
    flushing = false;
    RedisLink open = toAsk.isEmpty() || !tracking ? null : link.open();
    if (open == null) {
      return;
    }
    List<Key> asked = new ArrayList<>();
    List<Object> words = new ArrayList<>();
    words.add("EXISTS");
    while (asked.size() < KEYS_PER_CALL && !toAsk.isEmpty()) {
      Key key = toAsk.removeFirst();
      asked.add(key);
      words.add(key.name);
    }
    send(open, KeyWatch::number, words.toArray())
        .onComplete(
            reply -> {
              for (Key key : asked) {
                key.armed = reply.succeeded();
                answer(key, reply.succeeded());
              }
            });
    if (!toAsk.isEmpty()) {
      flushSoon();
    }
  }

  private <T> Future<T> send(
      RedisLink open,
      java.util.function.Supplier<? extends CommandOutput<byte[], byte[], T>> output,
      Object... words) {
    Promise<T> promise = Promise.promise(); // completes in the order of replies and pushes
    RedisCall<T> call = RedisCall.server(output, words);
    call.start(promise);
    if (unanswered++ == 0) {
      lastAnswerNanos = System.nanoTime();
      watchSilence();
    }
    open.write(List.of(call));
    return promise
        .future()
        .onComplete(
            reply -> {
              unanswered--;
              lastAnswerNanos = System.nanoTime();
            });
  }

  private static CommandOutput<byte[], byte[], Long> number() {
    return new IntegerOutput<>(ByteArrayCodec.INSTANCE);
  }

  private static CommandOutput<byte[], byte[], String> status() {
    return new StatusOutput<>(ByteArrayCodec.INSTANCE);
  }

  private void watchSilence() {
    long millis = Math.max(LoopResources.nanos(settings.timeouts().read()) / 1_000_000, 10);
    var _ =
        eventLoop.schedule(
            () -> {
              if (unanswered == 0 || closed) {
                return;
              }
              if (System.nanoTime() - lastAnswerNanos >= TimeUnit.MILLISECONDS.toNanos(millis)) {
                link.drop();
                forgetAll();
              } else {
                watchSilence();
              }
            },
            Math.min(millis, 3_600_000),
            TimeUnit.MILLISECONDS);
  }

  private static void answer(Key key, boolean armed) {
    List<Promise<Boolean>> waiting = key.waiting;
    key.waiting = new ArrayList<>();
    key.asked = false;
    waiting.forEach(promise -> promise.tryComplete(armed));
  }

  private void track() {
    RedisLink open = link.open();
    if (open == null) {
      return;
    }
    send(open, KeyWatch::status, "CLIENT", "TRACKING", "ON")
        .onComplete(
            reply -> {
              tracking = reply.succeeded();
              if (tracking) {
                flush();
              } else if (reply.cause() instanceof RedisFailure refusal && refusal.isAnswer()) {
                unable();
              }
            });
  }

  private void unable() {
    unableUntilNanos = System.nanoTime() + UNABLE_NANOS;
    link.drop();
    refuseAll();
  }

  private void refuseAll() {
    List<Key> asked = new ArrayList<>(toAsk);
    toAsk.clear();
    asked.forEach(key -> answer(key, false));
  }

  private void noConnection(RedisFailure failure) {
    String why = String.valueOf(failure.getMessage());
    if (why.contains("unknown command") || why.contains("NOPROTO") || why.contains("NOPERM")) {
      unableUntilNanos = System.nanoTime() + UNABLE_NANOS;
    }
    refuseAll();
  }

  private void forgetAll() {
    tracking = false;
    unanswered = 0;
    refuseAll();
    for (Key key : snapshot()) {
      answer(key, false);
      changed(key);
    }
  }

  private List<Key> snapshot() {
    synchronized (keys) {
      return new ArrayList<>(keys.values());
    }
  }

  private void pushed(PushMessage push) {
    if (!push.getType().equals("invalidate")) {
      return;
    }
    List<Object> content = push.getContent();
    Object changed = content.size() > 1 ? content.get(1) : null;
    if (changed instanceof List<?> names) {
      for (Object name : names) {
        Key key;
        synchronized (keys) {
          key = keys.get(text(name));
        }
        if (key != null) {
          changed(key);
        }
      }
    } else { // the whole database was emptied
      snapshot().forEach(this::changed);
    }
  }

  private static @Nullable String text(@Nullable Object name) {
    return switch (name) {
      case byte[] bytes -> new String(bytes, StandardCharsets.UTF_8);
      case ByteBuffer bytes -> StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
      case null, default -> null;
    };
  }

  private void changed(Key key) {
    key.armed = false;
    List<Watched> members;
    synchronized (keys) {
      members = new ArrayList<>(key.members);
    }
    members.forEach(member -> member.changed.run());
  }

  /** May be called from anywhere. */
  Future<Void> close() {
    Promise<Void> done = Promise.promise();
    onLoop(
        () -> {
          closed = true;
          refuseAll();
          var _ =
              link.close()
                  .whenComplete(
                      (ok, failure) -> {
                        var _ = connector.close().whenComplete((shut, why) -> done.complete());
                      });
        });
    return done.future();
  }
}
