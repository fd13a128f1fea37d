package io.jitney.components.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.push.PushListener;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.DecodeBufferPolicies;
import io.lettuce.core.protocol.ProtocolVersion;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections on one loop. Lettuce's own reconnecting is off for servers: {@link RedisLoop}
 * decides.
 */
final class RedisConnector {
  private final RedisSettings settings;
  private final RedisNode node;
  private final EventLoop loop;
  private @Nullable AbstractRedisClient client;
  private final @Nullable PushListener pushes;
  private boolean shut;

  RedisConnector(RedisSettings settings, RedisNode node, EventLoop loop) {
    this(settings, node, loop, null);
  }

  /**
   * @param pushes told what servers say unasked, see {@link KeyWatch}; null: connections for calls
   *     alone
   */
  RedisConnector(
      RedisSettings settings, RedisNode node, EventLoop loop, @Nullable PushListener pushes) {
    this.settings = settings;
    this.node = node;
    this.loop = loop;
    this.pushes = pushes;
  }

  /**
   * Opens a connection, whose traffic is the loop's wherever this is called.
   *
   * @param closed told, on the loop, when a server closed the connection
   */
  CompletionStage<RedisLink> connect(Runnable closed) {
    return node.start(() -> open(closed));
  }

  private synchronized CompletionStage<RedisLink> open(Runnable closed) {
    if (shut) {
      return CompletableFuture.failedFuture(RedisFailure.closed());
    }
    return switch (settings.topology()) {
      case RedisSettings.Topology.Node server ->
          connectServer(uri(settings.addresses().getFirst()), closed);
      case RedisSettings.Topology.Sentinel sentinel ->
          connectServer(sentinelUri(sentinel.master()), closed);
      case RedisSettings.Topology.Cluster cluster -> connectCluster();
    };
  }

  private CompletionStage<RedisLink> connectServer(RedisURI uri, Runnable closed) {
    RedisClient redis = (RedisClient) client;
    if (redis == null) {
      redis = new LeanRedisClient(node.resources(loop));
      redis.setOptions(withCommonOptions(ClientOptions.builder()).autoReconnect(false).build());
      client = redis;
    }
    return redis
        .connectAsync(ByteArrayCodec.INSTANCE, uri)
        .thenApply(
            connection -> {
              connection.addListener(
                  new RedisConnectionStateListener() {
                    @Override
                    public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
                      closed.run();
                    }
                  });
              if (pushes != null) {
                connection.addListener(pushes);
              }
              return new ServerLink(connection, loop);
            });
  }

  private CompletionStage<RedisLink> connectCluster() {
    RedisClusterClient cluster = (RedisClusterClient) client;
    if (cluster == null) {
      List<RedisURI> nodes = new ArrayList<>();
      for (RedisSettings.Address address : settings.addresses()) {
        nodes.add(uri(address));
      }
      cluster = RedisClusterClient.create(node.resources(loop), nodes);
      ClusterClientOptions.Builder options = ClusterClientOptions.builder();
      withCommonOptions(options);
      options.replayFilter(command -> true); // at most once, here too
      cluster.setOptions(options.build());
      client = cluster;
    }
    RedisClusterClient discovered = cluster;
    // Asked to connect without knowing the cluster, Lettuce would find out first and block for it.
    return cluster
        .refreshPartitionsAsync()
        .thenCompose(done -> discovered.connectAsync(ByteArrayCodec.INSTANCE))
        .thenApply(ClusterLink::new);
  }

  private <B extends ClientOptions.Builder> B withCommonOptions(B options) {
    options
        .protocolVersion(pushes == null ? ProtocolVersion.RESP2 : ProtocolVersion.RESP3)
        .pingBeforeActivateConnection(true) // wrong credentials show now, not at the first call
        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
        .maintNotificationsConfig(MaintNotificationsConfig.disabled())
        .useHashIndexQueue(false)
        // Our calls have deadlines. Lettuce would keep each of them, with its answer, for the
        // minute that its own timer runs.
        .timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build())
        // Else the buffer of a connection grows to four times the largest answers, and stays so.
        .decodeBufferPolicy(DecodeBufferPolicies.always())
        .socketOptions(SocketOptions.builder().connectTimeout(settings.timeouts().dial()).build());
    if (settings.tls() != null) {
      options.sslOptions(settings.tls().options());
    }
    return options;
  }

  private RedisURI uri(RedisSettings.Address address) {
    RedisURI.Builder uri = RedisURI.builder().withHost(address.host()).withPort(address.port());
    authenticate(uri, settings.credentials().user(), settings.credentials().password());
    if (settings.topology() instanceof RedisSettings.Topology.Node) {
      uri.withDatabase(settings.database());
    }
    return withTls(uri).build();
  }

  private RedisURI sentinelUri(String master) {
    RedisURI.Builder uri =
        RedisURI.builder().withSentinelMasterId(master).withDatabase(settings.database());
    for (RedisSettings.Address address : settings.addresses()) {
      RedisURI.Builder sentinel =
          RedisURI.builder().withHost(address.host()).withPort(address.port());
      authenticate(
          sentinel,
          settings.credentials().sentinelUser(),
          settings.credentials().sentinelPassword());
      uri.withSentinel(withTls(sentinel).build());
    }
    authenticate(uri, settings.credentials().user(), settings.credentials().password());
    return withTls(uri).build();
  }

  private static void authenticate(RedisURI.Builder uri, String user, String password) {
    if (password.isEmpty()) {
      return;
    }
    if (user.isEmpty()) {
      uri.withPassword(password.toCharArray());
    } else {
      uri.withAuthentication(user, password.toCharArray());
    }
  }

  private RedisURI.Builder withTls(RedisURI.Builder uri) {
    uri.withTimeout(settings.timeouts().dial());
    RedisTls tls = settings.tls();
    if (tls != null) {
      uri.withSsl(true).withVerifyPeer(tls.insecure() ? SslVerifyMode.NONE : SslVerifyMode.FULL);
    }
    return uri;
  }

  /** Closes what is left, and opens nothing any more. */
  synchronized CompletionStage<Void> close() {
    shut = true;
    AbstractRedisClient open = client;
    client = null;
    return open == null
        ? CompletableFuture.completedFuture(null)
        : open.shutdownAsync(0, 1, TimeUnit.SECONDS);
  }
}
