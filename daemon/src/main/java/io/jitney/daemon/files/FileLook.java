package io.jitney.daemon.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything of a file that changes when its content does, behind all symbolic links.
 *
 * @param size in bytes; -1: it is not there
 * @param key what the system knows it by; null where it has no such thing
 */
public record FileLook(Path file, FileTime time, long size, @Nullable Object key) {

  /** Looks at each of the files, in that order. */
  public static List<FileLook> of(List<Path> files) {
    List<FileLook> looks = new ArrayList<>(files.size());
    for (Path file : files) {
      try {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        looks.add(
            new FileLook(
                file, attributes.lastModifiedTime(), attributes.size(), attributes.fileKey()));
      } catch (IOException gone) {
        looks.add(new FileLook(file, FileTime.fromMillis(0), -1, null));
      }
    }
    return looks;
  }
}
