package io.jitney.daemon.resources;

import io.jitney.daemon.instance.InstanceSettings;
import io.jitney.daemon.instance.StartupFailure;
import io.jitney.daemon.resources.YamlTree.Mapping;
import io.jitney.daemon.telemetry.InstanceLog;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Loads the files of {@code --config}: variables expanded from the instance's environment, the
 * first document of each, one laid over the other. Blocks on the file system: call it on the
 * instance's virtual thread.
 */
public final class ConfigurationLoader {
  private static final String SCOPE = "dapr.runtime";
  private static final int MAX_FILE = 1024 * 1024;

  private ConfigurationLoader() {}

  /**
   * The Configuration of an instance; the default one when it names no file.
   *
   * @throws StartupFailure when a file can not be read or does not say what daprd would accept
   */
  public static Configuration load(InstanceSettings settings, InstanceLog log)
      throws StartupFailure {
    if (settings.resources().configs().isEmpty()) {
      return Configuration.DEFAULT;
    }
    try {
      YamlTree merged = YamlTree.Scalar.NULL;
      for (Path path : settings.resources().configs()) {
        String text = EnvironmentText.expand(text(path), settings.environment());
        merged = merge(merged, YamlReader.read(text));
      }
      Fields document = Fields.of(merged, "", Fields.Style.CONFIGURATION);
      Configuration configuration = ConfigurationReader.read(document);
      List<String> withoutEffect = ConfigurationReader.withoutEffect(document);
      if (!withoutEffect.isEmpty()) {
        log.warn(
            SCOPE,
            "Configuration fields without effect in this version: "
                + String.join(", ", withoutEffect));
      }
      return configuration;
    } catch (YamlReader.NotYaml
        | Fields.WrongType
        | ConfigurationReader.Invalid
        | IllegalArgumentException
        | IOException bad) {
      throw new StartupFailure(1, "error loading configuration: " + bad.getMessage());
    }
  }

  private static String text(Path path) throws IOException {
    try (InputStream in = Files.newInputStream(regular(path))) {
      byte[] bytes = in.readNBytes(MAX_FILE + 1);
      if (bytes.length > MAX_FILE) {
        throw new IOException("file " + path + " is larger than " + MAX_FILE + " bytes");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (NoSuchFileException missing) {
      throw new IOException("stat " + path + ": no such file or directory", missing);
    } catch (AccessDeniedException denied) {
      throw new IOException("open " + path + ": permission denied", denied);
    }
  }

  /** A folder, pipe or device would fail or never end. */
  private static Path regular(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      throw new IOException("read " + path + ": is a directory");
    }
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new IOException("read " + path + ": not a regular file");
    }
    return path;
  }

  /** Mappings merge, everything else is replaced; null changes nothing. */
  private static YamlTree merge(YamlTree below, YamlTree above) {
    if (above.isNull()) {
      return below;
    }
    if (!(below instanceof Mapping lower) || !(above instanceof Mapping upper)) {
      return above;
    }
    Map<String, YamlTree> members = new LinkedHashMap<>(lower.members());
    upper
        .members()
        .forEach((name, value) -> members.merge(name, value, ConfigurationLoader::merge));
    return new Mapping(Collections.unmodifiableMap(members));
  }
}
