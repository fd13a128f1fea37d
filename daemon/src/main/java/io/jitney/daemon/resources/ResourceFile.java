package io.jitney.daemon.resources;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One file of a resources folder, split into documents as daprd does: at each line that begins with
 * {@code ---}, the rest of which is dropped. Blocks on the file system.
 */
final class ResourceFile {
  /** A longer document can not be read by daprd either, which hangs on it. */
  static final int MAX_DOCUMENT = 64 * 1024;

  /** Of a file; a tenant must not fill the daemon's memory. */
  static final int MAX_FILE = 4 * 1024 * 1024;

  private static final String SEPARATOR = "\n---";

  private ResourceFile() {}

  /** The documents in order; some are empty. */
  static List<String> documents(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException("not a regular file"); // a pipe or device would never end
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_FILE + 1);
    }
    if (bytes.length > MAX_FILE) {
      throw new IOException("file is larger than " + MAX_FILE + " bytes");
    }
    return split(new String(bytes, StandardCharsets.UTF_8));
  }

  static List<String> split(String text) {
    List<String> documents = new ArrayList<>();
    int start = 0;
    while (true) {
      int separator = text.indexOf(SEPARATOR, start);
      if (separator < 0) {
        documents.add(text.substring(start));
        return documents;
      }
      documents.add(text.substring(start, separator));
      int line = text.indexOf('\n', separator + SEPARATOR.length());
      if (line < 0) {
        return documents;
      }
      start = line + 1;
    }
  }

  /** Whether daprd would read the document at all. */
  static boolean tooLong(String document) {
    return document.length() > MAX_DOCUMENT
        || document.length() > MAX_DOCUMENT / 4
            && document.getBytes(StandardCharsets.UTF_8).length > MAX_DOCUMENT;
  }
}
