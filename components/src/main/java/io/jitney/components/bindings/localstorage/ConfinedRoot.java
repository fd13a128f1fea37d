package io.jitney.components.bindings.localstorage;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A folder that no name leads out of: neither {@code ..} nor an absolute name nor a symbolic link,
 * whose target is looked up as if the folder were the root of the file system.
 */
record ConfinedRoot(Path root) {
  private static final List<Path> FORBIDDEN =
      List.of(
          Path.of("/proc"),
          Path.of("/sys"),
          Path.of("/boot"),
          Path.of("/var/run/secrets"),
          Path.of("/run/secrets"));

  private static final int MOST_LINKS = 255;

  /**
   * The folder, made if it is not there, without symbolic links.
   *
   * @throws IOException with the reason, which names {@code rootPath}
   */
  static ConfinedRoot open(Path folder) throws IOException {
    Path absolute = folder.toAbsolutePath().normalize();
    refuseForbidden(absolute);
    try {
      Path existing = absolute;
      while (existing.getParent() != null && !Files.exists(existing)) {
        existing = existing.getParent();
      }
      refuseForbidden(existing.toRealPath().resolve(existing.relativize(absolute)));
      Files.createDirectories(absolute);
      Path real = absolute.toRealPath();
      refuseForbidden(real);
      return new ConfinedRoot(real);
    } catch (ForbiddenException known) {
      throw known;
    } catch (IOException failure) {
      throw new IOException(
          "unable to create directory specified by 'rootPath' "
              + absolute
              + ": "
              + GoFileErrors.reason(failure),
          failure);
    }
  }

  private static final class ForbiddenException extends IOException {
    private static final long serialVersionUID = 1L;

    ForbiddenException(String message) {
      super(message);
    }
  }

  private static void refuseForbidden(Path path) throws IOException {
    for (Path forbidden : FORBIDDEN) {
      if (path.startsWith(forbidden)) {
        throw new ForbiddenException(
            "property rootPath '" + path + "' is forbidden: it is within " + forbidden);
      }
    }
  }

  /**
   * Where a name leads. The last part may not exist yet.
   *
   * @throws IOException when links go round in circles, or it is no name
   */
  Path resolve(String name) throws IOException {
    Deque<String> ahead = new ArrayDeque<>(List.of(name.split("/", -1)));
    List<String> way = new ArrayList<>();
    int links = 0;
    while (!ahead.isEmpty()) {
      String part = ahead.removeFirst();
      if (part.isEmpty() || part.equals(".")) {
        continue;
      }
      if (part.equals("..")) {
        if (!way.isEmpty()) {
          way.removeLast();
        }
        continue;
      }
      Path here = path(way).resolve(checked(part));
      if (!Files.isSymbolicLink(here)) {
        way.add(part);
        continue;
      }
      if (++links > MOST_LINKS) {
        throw new FileSystemLoopException(here.toString());
      }
      String target = Files.readSymbolicLink(here).toString();
      if (target.startsWith("/")) {
        way.clear();
      }
      List<String> parts = List.of(target.split("/", -1));
      for (int at = parts.size() - 1; at >= 0; at--) {
        ahead.addFirst(parts.get(at));
      }
    }
    return path(way);
  }

  private Path path(List<String> way) {
    Path path = root;
    for (String part : way) {
      path = path.resolve(part);
    }
    return path;
  }

  private static String checked(String part) throws IOException {
    try {
      if (Path.of(part).getNameCount() == 1) {
        return part;
      }
    } catch (InvalidPathException illegal) {
      // as below
    }
    throw new IOException("invalid argument");
  }
}
