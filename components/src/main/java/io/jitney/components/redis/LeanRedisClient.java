package io.jitney.components.redis;

import io.lettuce.core.RedisAsyncCommandsImpl;
import io.lettuce.core.RedisChannelWriter;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisReactiveCommandsImpl;
import io.lettuce.core.RedisURI;
import io.lettuce.core.StatefulRedisConnectionImpl;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.protocol.PushHandler;
import io.lettuce.core.protocol.RedisCommand;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Lettuce without its three command interfaces. Each connection would bring one object of each, and
 * the first of them half a second of class loading on an event loop, for methods that {@link
 * RedisCall} does not need.
 */
final class LeanRedisClient extends RedisClient {
  LeanRedisClient(ClientResources resources) {
    super(resources, new RedisURI());
  }

  @Override
  protected <K, V> StatefulRedisConnectionImpl<K, V> newStatefulRedisConnection(
      RedisChannelWriter writer, PushHandler pushes, RedisCodec<K, V> codec, Duration timeout) {
    return new LeanConnection<>(writer, pushes, codec, timeout);
  }

  private static final class LeanConnection<K, V> extends StatefulRedisConnectionImpl<K, V> {
    LeanConnection(
        RedisChannelWriter writer, PushHandler pushes, RedisCodec<K, V> codec, Duration timeout) {
      super(writer, pushes, codec, timeout);
    }

    @Override
    protected @Nullable RedisAsyncCommandsImpl<K, V> newRedisAsyncCommandsImpl() {
      return null;
    }

    @Override
    protected @Nullable RedisCommands<K, V> newRedisSyncCommandsImpl() {
      return null;
    }

    @Override
    protected @Nullable RedisReactiveCommandsImpl<K, V> newRedisReactiveCommandsImpl() {
      return null;
    }

    /**
     * Lettuce looks for logins, database changes and transactions here; none of our calls is one
     * for it.
     */
    @Override
    protected <T> RedisCommand<K, V, T> preProcessCommand(RedisCommand<K, V, T> command) {
      return command;
    }

    @Override
    protected Collection<RedisCommand<K, V, ?>> preProcessCommands(
        Collection<? extends RedisCommand<K, V, ?>> commands) {
      return new ArrayList<>(commands);
    }
  }
}
