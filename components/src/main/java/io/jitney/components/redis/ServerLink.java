package io.jitney.components.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.RedisCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A connection to one server. */
final class ServerLink implements RedisLink {
  private final StatefulRedisConnection<byte[], byte[]> connection;

  ServerLink(StatefulRedisConnection<byte[], byte[]> connection) {
    this.connection = connection;
  }

  @Override
  public void write(List<RedisWork> work) {
    if (work.size() == 1 && work.getFirst() instanceof RedisCall<?> call) {
      connection.dispatch(call);
      return;
    }
    List<RedisCommand<byte[], byte[], ?>> commands = new ArrayList<>(work.size());
    for (RedisWork one : work) {
      switch (one) {
        case RedisCall<?> call -> commands.add(call);
        case RedisTransaction transaction -> commands.addAll(transaction.frame());
      }
    }
    connection.dispatch(commands);
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
