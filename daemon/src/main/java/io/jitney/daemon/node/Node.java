package io.jitney.daemon.node;

import io.jitney.components.pool.SharedPools;
import io.jitney.components.spi.KeptBytes;
import io.jitney.components.spi.NodeResources;
import io.jitney.daemon.connection.Connections;
import io.jitney.daemon.connection.DoorTransport;
import io.jitney.daemon.isolation.Isolation;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxBootstrap;
import io.vertx.core.internal.VertxInternal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What exists once per process: Vert.x with its event loops, one context for each loop, and the
 * pools of shared physical clients.
 */
public final class Node {
  private final KeptBytes kept = KeptBytes.byHeap();
  private final Vertx vertx;
  private final List<Context> loops;
  private final SharedPools pools = new SharedPools();
  private final Isolation isolation;
  private final FolderWatch folders = new FolderWatch();
  private final AtomicInteger listeners = new AtomicInteger();
  private final Set<Path> sockets = ConcurrentHashMap.newKeySet();
  private final Connections connections;

  /**
   * @param eventLoops how many event loops; 0: one per core
   * @param connections of clients
   * @param isolated whether tenants are kept apart where something is contended
   */
  public Node(int eventLoops, Connections connections, boolean isolated) {
    this.connections = connections;
    int wanted =
        eventLoops > 0 ? eventLoops : Math.max(1, Runtime.getRuntime().availableProcessors());
    vertx =
        withDoors(
            new VertxOptions()
                .setEventLoopPoolSize(wanted)
                .setWorkerPoolSize(4)
                .setInternalBlockingPoolSize(4)
                .setMaxEventLoopExecuteTime(100)
                .setMaxEventLoopExecuteTimeUnit(TimeUnit.MILLISECONDS)
                .setFileSystemOptions(
                    new FileSystemOptions()
                        .setFileCachingEnabled(false)
                        .setClassPathResolvingEnabled(false)));
    loops = onEveryLoop((VertxInternal) vertx, wanted);
    isolation = new Isolation(isolated, loops);
  }

  private static Vertx withDoors(VertxOptions options) {
    VertxBootstrap bootstrap = VertxBootstrap.create().options(options);
    bootstrap.transport(new DoorTransport());
    bootstrap.init();
    return bootstrap.vertx();
  }

  /**
   * Contexts are dealt out round-robin, so asking until all loops were seen takes as many contexts
   * as loops.
   */
  private static List<Context> onEveryLoop(VertxInternal vertx, int wanted) {
    List<Context> contexts = new ArrayList<>();
    Set<Object> seen = new HashSet<>();
    for (int tries = 0; contexts.size() < wanted && tries < wanted * 4; tries++) {
      ContextInternal context = vertx.createEventLoopContext();
      if (seen.add(context.nettyEventLoop())) {
        contexts.add(context);
      }
    }
    return List.copyOf(contexts);
  }

  public Vertx vertx() {
    return vertx;
  }

  /** One context per event loop, in a fixed order. */
  public List<Context> loops() {
    return loops;
  }

  /** Client connections and the doors of listeners. */
  public Connections connections() {
    return connections;
  }

  /** A number that no other listener of this node has or had, from 1. */
  int nextListener() {
    return listeners.incrementAndGet();
  }

  /**
   * Claims the path of a Unix socket among this node's listeners, since Vert.x would let two of
   * them share it. False when another one has it.
   */
  public boolean takeSocket(Path path) {
    return sockets.add(path.toAbsolutePath().normalize());
  }

  public void releaseSocket(Path path) {
    sockets.remove(path.toAbsolutePath().normalize());
  }

  public SharedPools pools() {
    return pools;
  }

  /** Keeps tenants from each other's way. */
  public Isolation isolation() {
    return isolation;
  }

  /** Tells of changes in folders. */
  public FolderWatch folders() {
    return folders;
  }

  /** What components may use. */
  public NodeResources resources() {
    return new NodeResources(vertx, loops, pools, isolation.gates(), kept);
  }

  public Future<Void> close() {
    folders.close();
    isolation.close();
    return vertx.close();
  }
}
