package io.jitney.components.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.RedisCommand;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A connection to one server. Hands over only so many operations in one turn of its loop. */
final class ServerLink implements RedisLink {
  /** Some 0.2 ms of work. */
  private static final int PER_TURN = 256;

  private final StatefulRedisConnection<byte[], byte[]> connection;
  private final EventLoop eventLoop;

  /** Not handed over yet, in order. */
  private final ArrayDeque<RedisCall<?>> waiting = new ArrayDeque<>();

  private boolean scheduled;

  ServerLink(StatefulRedisConnection<byte[], byte[]> connection, EventLoop eventLoop) {
    this.connection = connection;
    this.eventLoop = eventLoop;
  }

  @Override
  public void write(List<RedisWork> work) {
    if (work.size() == 1 && work.getFirst() instanceof RedisCall<?> call && waiting.isEmpty()) {
      connection.dispatch(call);
      return;
    }
    for (RedisWork one : work) {
      switch (one) {
        case RedisCall<?> call -> waiting.add(call);
        case RedisBatch batch -> waiting.addAll(batch.calls());
        case RedisTransaction transaction -> waiting.addAll(transaction.frame());
      }
    }
    if (!scheduled) {
      writeSome();
    }
  }

  private void writeSome() {
    scheduled = false;
    List<RedisCommand<byte[], byte[], ?>> commands =
        new ArrayList<>(Math.min(waiting.size(), PER_TURN));
    int operations = 0;
    while (operations < PER_TURN && !waiting.isEmpty()) {
      RedisCall<?> next = waiting.removeFirst();
      if (next.begin()) {
        commands.add(next);
        operations += next.operations();
      }
    }
    if (!commands.isEmpty()) {
      connection.dispatch(commands);
    }
    if (!waiting.isEmpty() && connection.isOpen()) {
      scheduled = true;
      eventLoop.execute(this::writeSome);
    }
  }

  @Override
  public boolean isOpen() {
    return connection.isOpen();
  }

  @Override
  public int connections() {
    return connection.isOpen() ? 1 : 0;
  }

  @Override
  public CompletionStage<Void> close() {
    return connection.closeAsync();
  }
}
