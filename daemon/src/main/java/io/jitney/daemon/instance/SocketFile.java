package io.jitney.daemon.instance;

import io.jitney.daemon.node.Node;
import java.io.IOException;
import java.net.BindException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.concurrent.atomic.AtomicBoolean;

/** The file of a Unix socket: taken by one listener at a time, removed when that one closes. */
final class SocketFile {
  private final Node node;
  private final Path path;
  private final AtomicBoolean held = new AtomicBoolean(true);

  private SocketFile(Node node, Path path) {
    this.node = node;
    this.path = path;
  }

  /**
   * Makes {@code path} free to listen on. Where daprd refuses the socket that an earlier run left
   * behind when it was killed, that file is replaced; a socket on which somebody listens is not.
   *
   * @throws BindException when somebody listens there
   */
  static SocketFile take(Node node, Path path) throws IOException {
    if (!node.takeSocket(path)) {
      throw new BindException("Address already in use");
    }
    try {
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        if (!isSocket(path) || answers(path)) {
          throw new BindException("Address already in use");
        }
        Files.delete(path);
      }
      return new SocketFile(node, path);
    } catch (IOException taken) {
      node.releaseSocket(path);
      throw taken;
    }
  }

  private static boolean isSocket(Path path) throws IOException {
    return Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .isOther();
  }

  private static boolean answers(Path path) {
    try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      return probe.isConnected();
    } catch (IOException nobody) {
      return false;
    }
  }

  /** After the listener's close; removes the file. A second time does nothing. */
  void release() {
    if (held.compareAndSet(true, false)) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException stays) {
        // The next one to take it removes it.
      } finally {
        node.releaseSocket(path);
      }
    }
  }
}
