package io.jitney.daemon.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A file, or all {@code *.yaml} and {@code *.yml} files of a folder, and whether they changed.
 *
 * <p>A change counts when two looks in a row agree on it: so a file that is being written, replaced
 * by a rename, or swapped as a ConfigMap's folder is, is read once and whole. Watching directories
 * would be no cheaper, and misses links and network file systems. One thread.
 */
public final class YamlFiles {
  /** How often to look, in milliseconds. */
  public static final long LOOK_MILLIS = 400;

  private static final long MOST_BYTES = 8 << 20;

  /**
   * One file.
   *
   * @param text null: it could not be read
   * @param trouble why; "" otherwise
   */
  public record Content(Path file, @Nullable String text, String trouble) {}

  private final Path path;
  private List<FileLook> applied = List.of();
  private List<FileLook> seen = List.of();

  public YamlFiles(Path path) {
    this.path = path;
  }

  public Path path() {
    return path;
  }

  /**
   * All files, in the order of their names.
   *
   * @throws IOException when the path is not there or closed to us; what was read before still
   *     holds then
   */
  public List<Content> read() throws IOException {
    List<FileLook> now = FileLook.of(files());
    seen = now;
    return contents(now);
  }

  /** As {@link #read} if they changed since they were read, and this look agrees with the last. */
  public @Nullable List<Content> readIfChanged() throws IOException {
    List<FileLook> now;
    try {
      now = FileLook.of(files());
    } catch (IOException gone) {
      seen = List.of();
      throw gone;
    }
    boolean ready = !now.equals(applied) && now.equals(seen);
    seen = now;
    return ready ? contents(now) : null;
  }

  private List<Path> files() throws IOException {
    if (!Files.isDirectory(path)) {
      if (!Files.exists(path)) {
        throw new IOException("there is no such file or folder");
      }
      return List.of(path);
    }
    try (Stream<Path> all = Files.list(path)) {
      return all.filter(YamlFiles::isYaml).sorted().toList();
    }
  }

  private static boolean isYaml(Path file) {
    String name = String.valueOf(file.getFileName());
    return !name.startsWith(".")
        && (name.endsWith(".yaml") || name.endsWith(".yml"))
        && Files.isRegularFile(file);
  }

  private List<Content> contents(List<FileLook> looks) {
    List<Content> contents = new ArrayList<>(looks.size());
    for (FileLook look : looks) {
      contents.add(content(look));
    }
    applied = looks;
    return contents;
  }

  private static Content content(FileLook look) {
    Path file = look.file();
    try {
      return look.size() > MOST_BYTES
          ? new Content(file, null, "is larger than " + MOST_BYTES + " bytes")
          : new Content(file, Files.readString(file, UTF_8), "");
    } catch (CharacterCodingException notText) {
      return new Content(file, null, "is not UTF-8");
    } catch (IOException failure) {
      return new Content(file, null, "cannot be read: " + failure.getMessage());
    }
  }
}
