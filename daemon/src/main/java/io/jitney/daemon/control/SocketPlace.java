package io.jitney.daemon.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The control socket's file: taken by one daemon at a time, readable by its owner alone, listening
 * from the moment it can be seen.
 *
 * <p>A file lock beside the socket says whether its daemon lives (the kernel lets go of it even
 * after kill -9), so the socket file of a dead daemon is replaced and two daemons that start
 * together cannot both win.
 */
final class SocketPlace implements Closeable {
  /** Launchers may come by the hundred at once; the kernel cuts this to its own limit. */
  private static final int BACKLOG = 4096;

  /** What {@code sun_path} holds, less its NUL; on every system there is. */
  private static final int MAX_PATH = 103;

  private final Path path;
  private final FileChannel lock;
  private final ServerSocketChannel server;
  private final @Nullable Object fileKey;

  private SocketPlace(
      Path path, FileChannel lock, ServerSocketChannel server, @Nullable Object fileKey) {
    this.path = path;
    this.lock = lock;
    this.server = server;
    this.fileKey = fileKey;
  }

  ServerSocketChannel server() {
    return server;
  }

  /**
   * Takes the place and listens.
   *
   * @throws ControlSocketException when another daemon has it, or when it would not be this user's
   *     alone
   */
  static SocketPlace take(ControlPath where, ProcessOwner owner) throws IOException {
    Path path = where.path();
    Path folder = path.getParent();
    if (folder == null || path.getFileName() == null) {
      throw new ControlSocketException("the control socket's path " + path + " names no file");
    }
    // Made under a shorter name and then renamed, it would exist where nobody can connect.
    if (path.toString().getBytes(UTF_8).length > MAX_PATH) {
      throw new ControlSocketException(
          "the control socket's path "
              + path
              + " is too long ("
              + MAX_PATH
              + " bytes at most); give another with "
              + ControlPath.VARIABLE);
    }
    prepareFolder(folder, where.explicit(), owner);
    FileChannel lock = lock(path, folder);
    try {
      replaceable(path);
      return listen(path, folder, lock);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /**
   * The default folder is made by us, so anything that differs is a trap or a mistake. A folder
   * that the user named may be readable by others (the socket is not), but nobody else may be able
   * to put another socket there.
   */
  private static void prepareFolder(Path folder, boolean explicit, ProcessOwner owner)
      throws IOException {
    try {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException e) {
      // Checked below, as it is.
    } catch (NoSuchFileException e) {
      throw new ControlSocketException(
          "the folder "
              + folder.getParent()
              + " for the control socket does not exist; make it, or set "
              + ControlPath.VARIABLE);
    }
    LinkOption[] links =
        explicit ? new LinkOption[0] : new LinkOption[] {LinkOption.NOFOLLOW_LINKS};
    PosixFileAttributes attributes = Files.readAttributes(folder, PosixFileAttributes.class, links);
    if (!attributes.isDirectory()) {
      throw new ControlSocketException(
          folder + ", where the control socket belongs, is not a folder");
    }
    boolean mine = attributes.owner().equals(owner.user());
    if (!mine && !(explicit && attributes.owner().equals(ProcessOwner.root()))) {
      throw new ControlSocketException(
          "the folder "
              + folder
              + " of the control socket belongs to "
              + attributes.owner().getName()
              + ", not to this user");
    }
    Set<PosixFilePermission> permissions = attributes.permissions();
    boolean othersMayWrite =
        permissions.contains(PosixFilePermission.GROUP_WRITE)
            || permissions.contains(PosixFilePermission.OTHERS_WRITE);
    boolean safe = explicit ? !othersMayWrite || isSticky(folder) : onlyOwner(permissions);
    if (!safe) {
      throw new ControlSocketException(
          "the folder "
              + folder
              + " of the control socket is open to other users ("
              + PosixFilePermissions.toString(permissions)
              + "); chmod 700 it, or set "
              + ControlPath.VARIABLE);
    }
  }

  private static boolean onlyOwner(Set<PosixFilePermission> permissions) {
    return permissions.stream().allMatch(permission -> permission.name().startsWith("OWNER_"));
  }

  /** In a sticky folder such as /tmp only a file's owner can remove it. */
  private static boolean isSticky(Path folder) throws IOException {
    return ((Integer) Files.getAttribute(folder, "unix:mode") & 01000) != 0;
  }

  private static FileChannel lock(Path path, Path folder) throws IOException {
    Path file = folder.resolve(path.getFileName() + ".lock");
    FileChannel lock =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    boolean taken = false;
    try {
      taken = lock.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      // Another daemon of this very process, as in tests: as much another daemon as any.
    } finally {
      if (!taken) {
        lock.close();
      }
    }
    if (!taken) {
      throw alreadyRunning(path);
    }
    return lock;
  }

  private static ControlSocketException alreadyRunning(Path path) {
    return new ControlSocketException(
        "a daemon is already running at "
            + path
            + "; stop it, or give this one another path with "
            + ControlPath.VARIABLE);
  }

  /**
   * With the lock held, a socket file is a dead daemon's, unless someone removed the lock file of a
   * live one.
   */
  private static void replaceable(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .isOther()) {
      throw new ControlSocketException(
          path
              + " is not a socket and is left alone; give another path with "
              + ControlPath.VARIABLE);
    }
    if (someoneListens(path)) {
      throw alreadyRunning(path);
    }
  }

  private static boolean someoneListens(Path path) {
    try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      return probe.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Under another name first: what appears under the real one is listening already and has its
   * final permissions.
   */
  private static SocketPlace listen(Path path, Path folder, FileChannel lock) throws IOException {
    Path hidden =
        folder.resolve("." + Long.toString(ProcessHandle.current().pid(), Character.MAX_RADIX));
    Files.deleteIfExists(hidden);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(hidden), BACKLOG);
      Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString("rw-------"));
      Files.move(hidden, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return new SocketPlace(path, lock, server, fileKey(path));
    } catch (IOException | RuntimeException e) {
      server.close();
      Files.deleteIfExists(hidden);
      throw new ControlSocketException(
          "cannot open the control socket " + path + ": " + e.getMessage());
    }
  }

  private static @Nullable Object fileKey(Path path) throws IOException {
    return Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }

  /**
   * Stops listening; launchers that come from now on find no daemon. The place stays taken until
   * {@link #close}.
   */
  void stopListening() throws IOException {
    if (server.isOpen()) {
      server.close();
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && Objects.equals(fileKey(path), fileKey)) {
        Files.delete(path);
      }
    }
  }

  @Override
  public void close() throws IOException {
    try {
      stopListening();
    } finally {
      lock.close();
    }
  }
}
