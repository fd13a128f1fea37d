package io.jitney.daemon.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder of a sidecar: resources, configuration, and room for what its components write.
 *
 * @param configuration null: none
 */
record SidecarFiles(Path folder, Path resources, @Nullable Path configuration, boolean own) {
  static SidecarFiles write(SidecarSpec spec) throws IOException {
    Path given = spec.folder();
    Path folder = given == null ? Files.createTempDirectory("jitney-test-") : given;
    Path resources = Files.createDirectories(folder.resolve("resources-" + spec.appId()));
    for (Map.Entry<String, String> file : spec.resources().entrySet()) {
      Files.writeString(resources.resolve(file.getKey()), file.getValue());
    }
    Path configuration = null;
    String yaml = spec.configuration();
    if (yaml != null) {
      configuration = Files.writeString(folder.resolve("config-" + spec.appId() + ".yaml"), yaml);
    }
    return new SidecarFiles(folder, resources, configuration, given == null);
  }

  /** Removes a folder made here; one that was given is its owner's. */
  void delete() {
    if (!own || !Files.exists(folder)) { // a launcher that was cut off is closed twice
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
