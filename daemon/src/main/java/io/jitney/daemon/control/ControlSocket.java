package io.jitney.daemon.control;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon's control socket. From {@link #open} on it accepts launchers and commands of the same
 * user (and of root) and hands what they ask to a {@link ControlHandler}.
 */
public final class ControlSocket implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlSocket.class);

  /** Far more than apps on a node; a bound all the same. */
  private static final int MAX_CONNECTIONS = 16_384;

  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  private final Path path;
  private final SocketPlace place;
  private final ProcessOwner owner;
  private final ControlHandler handler;
  private final Set<LauncherConnection> connections = ConcurrentHashMap.newKeySet();

  private ControlSocket(Path path, SocketPlace place, ProcessOwner owner, ControlHandler handler) {
    this.path = path;
    this.place = place;
    this.owner = owner;
    this.handler = handler;
  }

  /**
   * Takes the socket's place and starts to accept. Blocks for the moment that takes.
   *
   * @throws ControlSocketException with a line for the user, when another daemon listens there or
   *     the place is not safe
   */
  public static ControlSocket open(ControlPath where, ControlHandler handler) throws IOException {
    ProcessOwner owner = ProcessOwner.current();
    SocketPlace place = SocketPlace.take(where, owner);
    ControlSocket socket = new ControlSocket(where.path(), place, owner, handler);
    Thread.ofVirtual().name("control-accept").start(socket::accept);
    return socket;
  }

  public Path path() {
    return path;
  }

  /** Launchers and commands connected now. */
  public int connections() {
    return connections.size();
  }

  private void accept() {
    ServerSocketChannel server = place.server();
    boolean failing = false;
    while (server.isOpen()) {
      try {
        SocketChannel channel = server.accept();
        failing = false;
        Thread.ofVirtual().name("control-reader").start(() -> serve(channel));
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        // Out of file handles, say: launchers wait in the backlog until there are some again.
        if (!failing) {
          LOG.warn("control socket: cannot accept, trying again: {}", e.getMessage());
        }
        failing = true;
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve(SocketChannel channel) {
    LauncherConnection connection = new LauncherConnection(channel, handler);
    connections.add(connection);
    try {
      connection.serve(refusal(channel));
    } finally {
      connections.remove(connection);
    }
  }

  /**
   * The file's permissions keep other users out already; this also holds where a file system
   * ignores them.
   */
  private @Nullable String refusal(SocketChannel channel) {
    if (connections.size() > MAX_CONNECTIONS) {
      return "the daemon at " + path + " has too many launchers";
    }
    try {
      UserPrincipal peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
      if (peer.equals(owner.user()) || peer.equals(ProcessOwner.root())) {
        return null;
      }
    } catch (IOException | UnsupportedOperationException e) {
      LOG.warn("control socket: cannot tell who connects: {}", e.getMessage());
    }
    return "the daemon at " + path + " belongs to another user";
  }

  /** First step of a shutdown: new launchers find no daemon, those that are here go on. */
  public void stopAccepting() throws IOException {
    place.stopListening();
  }

  /**
   * Closes all. Sessions whose exit was called get up to a second to be told their code; the
   * launchers of others say that the daemon ended. Blocks for that second at most.
   */
  @Override
  public void close() throws IOException {
    stopAccepting();
    long deadline = System.nanoTime() + LAST_WORDS.toNanos();
    for (LauncherConnection connection : connections) {
      connection.close(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
    }
    place.close();
  }
}
